/** Where the pull requests of a mission will go: decided before it starts, said at the plan gate, kept in its record. */
import { join } from "node:path";
import { findForge, placeOf } from "../../config/forges.js";
import { requireWritable } from "../../config/forge-test.js";
import { createSettingsReader } from "../../config/settings.js";
import type { ForgePlace } from "../../domain/forge-place.js";
import { tokenCommand } from "../../domain/forge-refusals.js";
import { missionBranch } from "../../domain/ids.js";
import type { ForgeKind } from "../../domain/mission.js";
import type { Plan } from "../../domain/plan.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { parseRemote } from "../../domain/remote-address.js";
import { createGit, type Git, gitAnswer } from "../../store/git.js";
import type { Context } from "../context.js";

export interface ChosenForge {
  /** Absent: review files in the mission folder, no server. */
  place?: ForgePlace;
  /** For the plan gate; absent where a mission has no pull requests. */
  line?: string;
}

export interface ForgeQuestion {
  plan: Plan;
  missionId: string;
  root?: string | undefined;
  asked?: ForgeKind | undefined;
}

const FOLDER = "reviews/ of the mission folder";
const WAY_OUT = "Or start with --forge local: review files in the mission folder, no server.";

/**
 * @param root the repository that is there already; none: one is made, which has no forge. @param asked by the command line.
 * @throws Problem where a forge is named that cannot be used, or the token that is kept does not let it work.
 */
export async function chooseForge(
  { environment, paths, output }: Pick<Context, "environment" | "paths" | "output">,
  { plan, missionId, root, asked }: ForgeQuestion,
): Promise<ChosenForge> {
  const git = createGit({ path: environment.path, home: join(paths.run, "no-home") });
  const wanted = asked ?? plan.forge;
  const isServer = wanted !== undefined && wanted !== "local";
  if (plan.mode !== "full" || plan.workspace !== "git") {
    if (asked === undefined || asked === "local") return {};
    throw unusable(
      "Only a mission in Full mode has pull requests.",
      "Add --mode full, or leave --forge out.",
    );
  }
  if (wanted === "local") return local();
  const origin =
    root === undefined
      ? undefined
      : await gitAnswer(git, root, ["config", "--get", "remote.origin.url"]);
  const remote = origin === undefined ? undefined : parseRemote(origin);
  if (root === undefined || remote === undefined) {
    if (!isServer) return local(root === undefined ? undefined : "no remote `origin` on a forge");
    throw unusable(
      `The repository has no remote \`origin\` on a host, so its pull requests cannot go to ${wanted}.`,
      "Add one: git remote add origin ADDRESS. " + WAY_OUT,
    );
  }
  const { forges } = createSettingsReader(paths.settings)();
  const found = await findForge(remote, { keysPath: paths.keys, settings: forges });
  const kind = found.kind ?? (isServer ? wanted : undefined);
  if (isServer && kind !== wanted)
    throw unusable(
      `\`origin\` is on ${found.host}, which is ${kind ?? "no forge that is known"} and not ${wanted}.`,
      `Name that, or say what it is in settings.yaml (forges). ${WAY_OUT}`,
    );
  if (kind === undefined || found.token === undefined) {
    const command = tokenCommand({ kind: kind ?? "gitea", host: found.host });
    if (!isServer) return local(`no token for ${found.host} is kept; ${command}`);
    throw unusable(`No token for ${found.host} is kept.`, `Keep one: ${command}. ${WAY_OUT}`);
  }
  const place = placeOf(remote, kind, found.setting);
  try {
    await requireWritable(place, found.token);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.exitCode !== EXIT.noServer)
      throw unusable(error.message, `${error.remedy} ${WAY_OUT}`);
    output.note(`${error.message} The mission starts all the same; pull requests wait for it.`);
  }
  return {
    place: { ...place, ...(await beginning(git, root)) },
    line: `${placeLine(place, missionId)}; --forge local keeps them in the mission folder`,
  };
}

export const placeLine = ({ project, host }: ForgePlace, missionId: string) =>
  `${project} on ${host}, into ${missionBranch(missionId)}`;

const local = (why?: string): ChosenForge => ({
  line: why === undefined ? FOLDER : `${FOLDER} (${why})`,
});

/** Nothing where no branch is checked out: then the mission's own pull request has nowhere to go. */
async function beginning(
  git: Git,
  root: string,
): Promise<Pick<ForgePlace, "target" | "startCommit">> {
  const target = await gitAnswer(git, root, ["symbolic-ref", "-q", "--short", "HEAD"]);
  const head = await gitAnswer(git, root, ["rev-parse", "-q", "--verify", "HEAD^{commit}"]);
  return {
    ...(target === undefined || target === "" ? {} : { target }),
    ...(head === undefined || head === "" ? {} : { startCommit: head }),
  };
}

const unusable = (message: string, remedy: string) => new Problem(EXIT.badInput, message, remedy);
