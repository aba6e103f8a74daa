/** Takes over a workspace for one attempt: ends what an earlier one left running, restores its checkpoint, and keeps new ones. */
import { randomUUID } from "node:crypto";
import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BlobRef } from "../domain/mission.js";
import type { Plan, PlanFeature } from "../domain/plan.js";
import type { AttemptInput } from "../domain/work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { readMissionRecord } from "../store/mission-record.js";
import { workspacePaths } from "../store/workspace-paths.js";
import { removeWorkspaceLocks } from "./adapters/locks.js";
import type { AgentRun } from "./agent.js";
import type { BriefPort } from "./brief-port.js";
import { childConfinement } from "./child-confinement.js";
import { disturbed, superseded } from "./attempt-failure.js";
import {
  chooseCheckpoint,
  parseCheckpoint,
  readCheckpoint,
  writeCheckpoint,
} from "./checkpoint.js";
import type { Checkpoint } from "./checkpoint.js";
import type { Fence } from "./fence.js";
import { readOccupant } from "./occupant.js";
import type { BlobPort, CommandPort, Confinement, HostClock, TreePort } from "./ports.js";
import type { SliceAccount } from "./slice-account.js";

interface Ports {
  paths: EnginePaths;
  blobs: BlobPort;
  commands: CommandPort;
  trees: TreePort;
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

  const work = `${input.feature.generation}/${feature.id}`;
  const handed =
    input.checkpoint && (await blobs.get(input.checkpoint.sha256).catch(() => undefined));
  const local = await readCheckpoint(paths.attempt);
  const fitting = { agent: feature.agent, work, baseCommit };
  const resumed = chooseCheckpoint(fitting, local, parseCheckpoint(handed));
  const isGit = baseCommit !== "";
  const restored =
    isGit && resumed !== undefined && (await restore(trees, missionId, paths.tree, resumed));

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
    const { ended: _, ...before } = last;
    last = { ...before, step: last.step + 1, ...change };
    await writeCheckpoint(paths.attempt, last);
  };
  // So that even the first command, cut off in the middle, is made again on what it found.
  if (isGit && resumed === undefined) {
    const laid = isFirst ? await readOccupant(paths) : undefined; // nothing has run there yet
    const tree = laid?.baseCommit === baseCommit ? laid.tree : undefined;
    await keep({ tree: tree ?? (await trees.snapshot(missionId, paths.tree)) });
  }
  const record = await readMissionRecord(ports.paths.state, missionId);

  const env = { HOME: paths.home, MISSION_DIR: paths.handover };
  const confine: Confinement = {
    ...childConfinement(ports.paths, missionId, opening.plan, feature.repository),
    writable: [paths.tree, paths.handover, paths.home],
  };

  const run: AgentRun = {
    ...opening,
    paths,
    resumed: resumed && {
      state: resumed.state,
      treeLost: isGit && !restored,
      ...(resumed.ended === undefined ? {} : { ended: resumed.ended }),
    },
    unsandboxed: record?.unsandboxed === true,
    now: () => ports.clock.now(),
    assertOwner,
    checkpoint: async (state, dirty) => {
      const fresh = isGit && (dirty || last.tree === undefined);
      await keep(fresh ? { state, tree: await trees.snapshot(missionId, paths.tree) } : { state });
      return last.tree;
    },
    brief: () =>
      ports.briefs.forAgent({
        missionId,
        planHash: input.feature.planHash,
        plan: opening.plan,
        feature,
        baseCommit,
        missionFolder: record?.folder,
        tree: paths.tree,
      }),
    run: async (command, limits) => {
      await assertOwner();
      return commands.run({
        command,
        cwd: paths.tree,
        timeoutMs: limits.timeoutMs,
        outputLimitBytes: limits.outputBytes,
        signal,
        env,
        groupFile,
        confine,
      });
    },
    start: async (argv, options) => {
      await assertOwner();
      return commands.start({
        argv,
        cwd: paths.tree,
        env: { ...env, ...options.env },
        groupFile,
        confine: { ...confine, ...openedFor(options, confine) },
      });
    },
    engineFolder: paths.attempt,
    put: (content, name) => blobs.put(content, name),
  };
  return {
    run,
    handOver: async (ended) => {
      await keep({ ended });
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

/** @returns false when the tree is not on this host (the work moved here) or fits no longer. */
async function restore(
  trees: TreePort,
  missionId: string,
  dir: string,
  { tree }: Checkpoint,
): Promise<boolean> {
  if (tree === undefined) return false;
  try {
    await trees.restore(missionId, dir, tree);
    return true;
  } catch {
    return false;
  }
}
