/** Takes over a workspace for one attempt: ends what an earlier one left running, restores its checkpoint, and keeps new ones. */
import { randomUUID } from "node:crypto";
import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BlobRef } from "../domain/mission.js";
import type { Plan, PlanFeature } from "../domain/plan.js";
import type { AttemptInput } from "../domain/work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { readMissionPlace } from "../store/mission-place.js";
import { workspacePaths } from "../store/workspace-paths.js";
import { engineRepositoryName } from "./adapters/engine-repository.js";
import { removeWorkspaceLocks } from "./adapters/locks.js";
import type { AgentRun } from "./agent.js";
import { openLook } from "./attempt-look.js";
import type { BriefPort } from "./brief-port.js";
import { childConfinement, ENDED, noteRefusals, withRefusals } from "./child-confinement.js";
import { disturbed, superseded } from "./attempt-failure.js";
import {
  chooseCheckpoint,
  parseCheckpoint,
  readCheckpoint,
  takenAgain,
  writeCheckpoint,
} from "./checkpoint.js";
import type { Checkpoint } from "./checkpoint.js";
import type { Fence } from "./fence.js";
import { readOccupant } from "./occupant.js";
import type { SlotPort } from "./hosts-ports.js";
import type {
  BlobPort,
  BrowserPort,
  CommandPort,
  Confinement,
  HostClock,
  TreePort,
} from "./ports.js";
import type { SliceAccount } from "./slice-account.js";

interface Ports {
  paths: EnginePaths;
  blobs: BlobPort;
  commands: CommandPort;
  browser?: BrowserPort;
  trees: TreePort;
  slots: SlotPort;
  briefs: BriefPort;
  clock: HostClock;
}

interface Opening {
  input: AttemptInput;
  plan: Plan;
  feature: PlanFeature;
  account: SliceAccount;
  attempt: number;
  signal: AbortSignal;
  fence: () => Promise<Fence>;
}

export interface OpenedAttempt {
  run: AgentRun;
  /** Notes how the attempt ended and stores its checkpoint where any host can get it. */
  handOver(ended: string): Promise<BlobRef>;
  /** What the last command, or the agent itself, used too much of, so that the sandbox ended it; as `more than 512 MB of memory`. */
  excess(): string | undefined;
}

export async function openAttempt(ports: Ports, opening: Opening): Promise<OpenedAttempt> {
  const { commands, trees, blobs } = ports;
  const { input, feature, signal } = opening;
  const { missionId } = input.feature;
  const { baseCommit } = input.workspace;
  const paths = workspacePaths(ports.paths.workspaces, input.workspace.name);
  const groupFile = join(paths.attempt, "group.json");
  const ownerFile = join(paths.attempt, "owner");
  const owner = randomUUID();

  await Promise.all(
    [paths.tree, paths.handover, paths.attempt, paths.home].map((folder) =>
      mkdir(folder, { recursive: true }),
    ),
  );
  const isFirst = await access(ownerFile).then(
    () => false,
    () => true,
  );
  await writeFile(ownerFile, owner);
  await commands.endRecordedGroup(groupFile);
  await removeWorkspaceLocks(paths.tree);
  // Given back while it waited: those that come back may be more than the host has slots, new ones wait for room.
  await ports.slots.take(input.feature);
  const repository = engineRepositoryName(missionId, feature.repository);

  const work = `${input.feature.generation}/${feature.id}`;
  const handed =
    input.checkpoint && (await blobs.get(input.checkpoint.sha256).catch(() => undefined));
  const local = await readCheckpoint(paths.attempt);
  const fitting = { agent: feature.agent, work, baseCommit };
  const given = parseCheckpoint(handed);
  const resumed = takenAgain(input, local, given, (own) => chooseCheckpoint(fitting, own, given));
  const isGit = baseCommit !== "";
  const restored =
    isGit && resumed !== undefined && (await restore(trees, repository, paths.tree, resumed));

  let last: Checkpoint = {
    version: 1,
    state: null,
    ...resumed,
    ...fitting,
    step: Math.max(resumed?.step ?? 0, local?.step ?? 0),
  };
  const assertOwner = async () => {
    if ((await readFile(ownerFile, "utf8").catch(() => "")) === owner) return;
    throw (await opening.fence()) === "superseded" ? superseded() : disturbed();
  };
  const keep = async (change: Partial<Checkpoint>) => {
    await assertOwner();
    const { ended: _, bundle: __, ...before } = last;
    last = { ...before, step: last.step + 1, ...change };
    await writeCheckpoint(paths.attempt, last);
  };
  // So that even the first command, cut off in the middle, is made again on what it found.
  if (isGit && resumed === undefined) {
    const laid = isFirst ? await readOccupant(paths) : undefined; // nothing has run there yet
    const tree = laid?.baseCommit === baseCommit ? laid.tree : undefined;
    await keep({ tree: tree ?? (await trees.snapshot(repository, paths.tree)) });
  }
  const place = await readMissionPlace(ports.paths, missionId);

  const env = { HOME: paths.home, MISSION_DIR: paths.handover };
  const confine: Confinement = {
    ...childConfinement(ports.paths, missionId, opening.plan, feature.repository),
    writable: [paths.tree, paths.handover, paths.home],
  };

  let excess: string | undefined;
  const note = (refusals: string[] | undefined) => {
    excess = refusals?.find((what) => what.startsWith(ENDED))?.slice(ENDED.length);
    return noteRefusals(ports.paths, input.feature, refusals, ports.clock.now());
  };

  const run: AgentRun = {
    ...opening,
    paths,
    resumed: resumed && {
      state: resumed.state,
      treeLost: isGit && !restored,
      ...(resumed.ended === undefined ? {} : { ended: resumed.ended }),
      ...(restored && resumed.tree !== undefined ? { tree: resumed.tree } : {}),
    },
    unsandboxed: place?.unsandboxed === true,
    sandboxed: (await commands.sandbox()).works,
    now: () => ports.clock.now(),
    assertOwner,
    checkpoint: async (state, dirty) => {
      const fresh = isGit && (dirty || last.tree === undefined);
      await keep(fresh ? { state, tree: await trees.snapshot(repository, paths.tree) } : { state });
      return last.tree;
    },
    layOut: async (tree = baseCommit) => {
      await assertOwner();
      return isGit && lay(trees, repository, paths.tree, tree);
    },
    brief: () =>
      ports.briefs.forAgent({
        missionId,
        planHash: input.feature.planHash,
        plan: opening.plan,
        feature,
        baseCommit,
        missionFolder: place?.folder,
        tree: paths.tree,
      }),
    run: async (command, limits) => {
      await assertOwner();
      const result = await commands.run({
        command,
        cwd: paths.tree,
        timeoutMs: limits.timeoutMs,
        outputLimitBytes: limits.outputBytes,
        signal,
        env,
        groupFile,
        confine,
      });
      await note(result.refusals);
      return { ...result, output: withRefusals(result) };
    },
    start: async (argv, options) => {
      await assertOwner();
      const child = await commands.start({
        argv,
        cwd: paths.tree,
        env: { ...env, ...options.env },
        groupFile,
        confine: { ...confine, ...openedFor(options, confine) },
      });
      const ended = child.ended.then(async (end) => {
        await note(child.refusals?.());
        return end;
      });
      return { ...child, ended };
    },
    ...(await openLook(feature.agent === "builtin" ? ports.browser : undefined, {
      ...{ plan: opening.plan, paths, confine, signal, assertOwner },
      commandMs: input.commandMs,
    })),
    engineFolder: paths.attempt,
    put: (content, name) => blobs.put(content, name),
  };
  return {
    run,
    excess: () => excess,
    handOver: async (ended) => {
      await keep({ ended, ...(await pack(trees, repository, last)) });
      if (ended === "wait-until" || ended === "stopped") await ports.slots.giveBack(input.feature);
      return blobs.put(JSON.stringify(last), "checkpoint.json");
    },
  };
}

/** What an agent sees and reaches besides. */
const openedFor = (
  { gatewaySocket, readable = [] }: Parameters<AgentRun["start"]>[1],
  confine: Confinement,
) => ({
  readable: [...confine.readable, ...readable],
  ...(gatewaySocket === undefined ? {} : { gatewaySocket }),
});

/** @returns false when the tree cannot be had (the work moved here without it) or fits no longer. */
async function restore(
  trees: TreePort,
  repository: string,
  dir: string,
  { tree, bundle, baseCommit }: Checkpoint,
): Promise<boolean> {
  if (tree === undefined) return false;
  if (await lay(trees, repository, dir, tree)) return true;
  const isHere =
    bundle !== undefined && (await trees.unpack(repository, { ...bundle, tree, baseCommit }));
  return isHere && lay(trees, repository, dir, tree);
}

/** @param tree or a commit. */
const lay = (trees: TreePort, repository: string, dir: string, tree: string): Promise<boolean> =>
  trees.restore(repository, dir, tree).then(
    () => true,
    () => false,
  );

/** The workspace as another host needs it; nothing where no other host reaches the store. */
async function pack(trees: TreePort, repository: string, { tree, baseCommit }: Checkpoint) {
  if (tree === undefined || baseCommit === "") return {};
  const packed = await trees.pack(repository, tree, baseCommit);
  return packed === undefined ? {} : { bundle: packed };
}
