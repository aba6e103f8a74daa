/** Where a mission works and where its folder lies: looked at first, made only when everything else is in order. */
import { join } from "node:path";
import { packageRoot } from "../../config/package-root.js";
import { missionBranch } from "../../domain/ids.js";
import type { Plan } from "../../domain/plan.js";
import { createGit } from "../../store/git.js";
import { chooseHome, type Home } from "../../store/homes.js";
import type { Context } from "../context.js";
import { createDedicatedRepository, requireUsableRepository } from "../repository.js";
import { repositoryNotes } from "../repository-notes.js";
import { chooseRepositories } from "./other-repositories.js";
import { excludeMissions } from "./exclude-missions.js";
import type { Undo } from "./undo.js";

export interface Places {
  home: Home;
  /** Repository that is there already, and what a person should know of it. */
  existing?: { root: string; notes: string[] };
  /** Path of the repository that will be made. */
  toMake?: string;
  /** Top folders of the other repositories that the plan names. */
  repositories?: Record<string, string>;
}

export interface MadePlaces {
  folder: string;
  home: Home["kind"];
  repo?: string;
  branch?: string;
  dedicated?: true;
  repositories?: Record<string, string>;
}

const gitOf = (context: Context) =>
  createGit({ path: context.environment.path, home: join(context.paths.run, "no-home") });

/** Makes nothing. @throws Problem when the repository named or stood in cannot be used. */
export async function choosePlaces(
  context: Context,
  plan: Pick<Plan, "title" | "workspace" | "repositories">,
  missionId: string,
  asked: { repo?: string | undefined; homeless?: boolean | undefined },
): Promise<Places> {
  const { callerFolder: from, userHome } = context.environment;
  const places = await chooseOwn(context, plan, missionId, asked);
  const own = places.existing?.root ?? places.toMake;
  const repositories = await chooseRepositories(gitOf(context), plan, { from, userHome, own });
  return { ...places, ...(repositories === undefined ? {} : { repositories }) };
}

async function chooseOwn(
  context: Context,
  plan: Pick<Plan, "title" | "workspace">,
  missionId: string,
  asked: { repo?: string | undefined; homeless?: boolean | undefined },
): Promise<Places> {
  const { environment } = context;
  const home = await chooseHome({
    callerFolder: environment.callerFolder,
    toolRoot: packageRoot(),
    home: environment.home,
    ...(asked.repo === undefined ? {} : { repo: asked.repo }),
    ...(asked.homeless === undefined ? {} : { homeless: asked.homeless }),
  });
  if (home.kind === "attached" && home.dedicated === true) return { home, toMake: home.repo };
  if (home.kind === "attached") {
    const git = gitOf(context);
    const found = await requireUsableRepository(git, home.repo);
    return { home, existing: { root: found.root, notes: await repositoryNotes(git, found) } };
  }
  if (plan.workspace === "folder") return { home };
  return { home, toMake: join(environment.projectsHome, repositoryName(plan.title, missionId)) };
}

/** `web-service-abc123`: a name that people recognise and no other mission has. */
export function repositoryName(title: string, missionId: string): string {
  const words = title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-+|-+$/g, "");
  return [words, missionId.split("-").at(-1)].filter((part) => part !== "").join("-");
}

/** Makes the repository where one is to be made. @throws Problem with nothing left of it. */
export async function makePlaces(
  context: Context,
  { home, existing, toMake, repositories }: Places,
  plan: Plan,
  missionId: string,
  undo: Undo,
): Promise<MadePlaces> {
  const place = {
    folder: join(home.folder, missionId),
    home: home.kind,
    ...(repositories === undefined ? {} : { repositories }),
  };
  if (existing !== undefined) {
    undo.add(await excludeMissions(gitOf(context), existing.root));
    return { ...place, repo: existing.root, branch: missionBranch(missionId) };
  }
  if (toMake === undefined) return place;
  const made = await createDedicatedRepository(gitOf(context), toMake, plan.title);
  undo.add(() => made.undo());
  context.output.note(`Made the repository ${made.root}, branch ${made.branch}.`);
  return { ...place, repo: made.root, branch: made.branch, dedicated: true };
}
