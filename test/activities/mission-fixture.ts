/** A mission on a real repository in a temporary folder, with real git, commands and files. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { MockActivityEnvironment } from "@temporalio/testing";
import { createCheckActivities } from "../../activities/checks.js";
import { createAgentSlots } from "../../activities/adapters/agent-slots.js";
import { createBlobFiles } from "../../activities/adapters/blob-files.js";
import { createCommandPort } from "../../activities/adapters/command.js";
import { createTrees } from "../../activities/adapters/trees.js";
import { createIntegrationActivities } from "../../activities/integration.js";
import { createLookActivities } from "../../activities/look.js";
import type { BrowserPort, CommandPort } from "../../activities/ports.js";
import { createValidationActivities } from "../../activities/validation.js";
import { createWorkspaceActivities } from "../../activities/workspace.js";
import type { Plan, PlanFeature } from "../../domain/plan.js";
import type { FeatureRef, Workspace } from "../../domain/work.js";
import { getBlob, putBlob } from "../../store/blobs.js";
import { enginePaths } from "../../store/engine-paths.js";
import { createGit } from "../../store/git.js";
import { type MissionRecord, writeMissionRecord } from "../../store/mission-record.js";
import { workspacePaths } from "../../store/workspace-paths.js";

export const AT = "2026-03-04T05:06:07.890Z";
const MISSION = "m-20260304-abc123";
const path = process.env["PATH"] ?? "";
const run = promisify(execFile);
const silent = () => undefined;
const quiet = {
  log: silent,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
};

/** Git as the user runs it, with the user's own hooks and configuration at work. */
export async function userGit(cwd: string, ...args: string[]): Promise<string> {
  const identity = ["-c", "user.name=User", "-c", "user.email=user@localhost"];
  const env = { PATH: path, HOME: join(cwd, ".."), GIT_CONFIG_NOSYSTEM: "1" };
  const { stdout } = await run("git", [...identity, ...args], { cwd, env });
  return stdout.trim();
}

export async function writeFiles(dir: string, files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), content);
  }
}

export const LONG_AGO = new Date("2026-01-01T00:00:00Z");

/** A lock as git leaves it when it is killed. */
export async function leaveLock(path: string, at: Date): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "");
  await utimes(path, at, at);
}

export async function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "missions-git-"));
}

export async function makeUserRepository(root: string, name = "repo"): Promise<string> {
  const repo = join(root, name);
  await mkdir(repo, { recursive: true });
  await userGit(repo, "init", "-q", "-b", "main");
  await writeFiles(repo, { "README.md": "hello\n", "src/a.txt": "one\ntwo\nthree\n" });
  await userGit(repo, "add", "-A");
  await userGit(repo, "commit", "-q", "-m", "First");
  return repo;
}

export type Fixture = Awaited<ReturnType<typeof makeMission>>;

interface Wishes {
  missionId?: string;
  features?: Partial<PlanFeature>[];
  milestoneChecks?: PlanFeature["checks"];
  plan?: Partial<Plan>;
  record?: Partial<MissionRecord>;
  secret?: string;
  /** Left out: this host has none. */
  browser?: (commands: CommandPort) => BrowserPort;
}

/** Finds out once for all missions of a file whether a sandbox works here. */
const machine = createCommandPort({ path });

export async function makeMission(root: string, repo: string | undefined, wishes: Wishes = {}) {
  const missionId = wishes.missionId ?? MISSION;
  const paths = enginePaths(join(root, "engine"));
  const git = createGit({ path, home: join(root, "no-home") });
  const blobs = {
    put: (content: string | Uint8Array, name: string) => putBlob(paths.blobs, content, name),
    get: (sha256: string) => getBlob(paths.blobs, sha256),
  };
  const plan = aPlan(wishes);
  const { sha256: planHash } = await blobs.put(JSON.stringify(plan), "plan.json");
  const record: MissionRecord = {
    missionId,
    generation: 1,
    title: "Test",
    mode: "full",
    planHash,
    folder:
      repo === undefined ? join(root, "home", missionId) : join(repo, "todo/missions", missionId),
    home: repo === undefined ? "homeless" : "attached",
    workspace: repo === undefined ? "folder" : "git",
    ...(repo === undefined ? {} : { repo, branch: `mission/${missionId}` }),
    caps: { microUsd: 0, tokens: 0, activeMs: 0 },
    approvals: [],
    status: "active",
    createdAt: AT,
    ...wishes.record,
  };
  await writeMissionRecord(paths.state, record);
  const blobFiles = createBlobFiles(paths.blobs, false);
  // Each has its own, because some tests put something else in place of a part of it.
  const commands = { ...machine };
  const deps = {
    ...(wishes.browser === undefined ? {} : { browser: wishes.browser(commands) }),
    paths,
    git,
    blobs,
    blobFiles,
    trees: createTrees({ git, paths, blobFiles }),
    slots: createAgentSlots({ folder: paths.slots, slots: 20 }),
    hostId: "host1",
    commands,
    clock: { now: () => Date.parse(AT), sleepsSince: () => [] },
    scrub: (text: string) =>
      wishes.secret === undefined ? text : text.replaceAll(wishes.secret, "[secret]"),
  };
  const activities = {
    ...createWorkspaceActivities(deps),
    ...createCheckActivities(deps),
    ...createIntegrationActivities(deps),
    ...createLookActivities(deps),
    ...createValidationActivities(deps),
  };
  const act = <A extends unknown[], R>(activity: (...args: A) => Promise<R>, ...args: A) =>
    new MockActivityEnvironment({}, { logger: quiet }).run<A, R, typeof activity>(
      activity,
      ...args,
    );
  const ref = (featureId: string, generation = 1): FeatureRef => ({
    missionId,
    generation,
    milestoneId: "1",
    featureId,
    planHash,
  });
  const place = (workspace: Workspace) => workspacePaths(paths.workspaces, workspace.name);
  const prepare = (featureId: string, mode: "poc" | "full" = "full") =>
    act(activities.prepareWorkspace, { feature: ref(featureId), mode });
  const commit = (featureId: string, workspace: Workspace) =>
    act(activities.commitFeature, { feature: ref(featureId), workspace, at: AT });
  const integrate = (featureId: string, commitId: string) =>
    act(activities.integrateFeature, { feature: ref(featureId), commit: commitId, at: AT });
  const check = (featureId: string, workspace: Workspace) =>
    act(activities.runChecks, { feature: ref(featureId), workspace, commandMs: 60_000 });

  return {
    missionId,
    paths,
    git,
    blobs,
    record,
    planHash,
    deps,
    activities,
    act,
    ref,
    place,
    prepare,
    commit,
    integrate,
    check,
    bare: join(paths.repositories, `${missionId}.git`),
    /** The whole way of one feature that writes `files`. */
    async finish(featureId: string, files: Record<string, string>) {
      const workspace = await prepare(featureId);
      await writeFiles(place(workspace).tree, files);
      const committed = await commit(featureId, workspace);
      return { workspace, committed, outcome: await integrate(featureId, committed.commit) };
    },
  };
}

function aPlan({ features = [], milestoneChecks = [], plan = {} }: Wishes): Plan {
  const wished = new Map(features.map((feature) => [feature.id, feature]));
  const ids = [
    ...wished.keys(),
    ...["1.1", "1.2", "1.3", "1.4", "1.5"].filter((id) => !wished.has(id)),
  ];
  return {
    version: 1,
    title: "Test",
    goal: "Test",
    mode: "full",
    workspace: "git",
    scope: { non_goals: [], constraints: [] },
    budget: {
      money_usd: 1,
      time_hours: 1,
      token_limit: 1,
      alert_threshold_pct: 80,
      on_alert: "ask",
    },
    model_routing: {},
    preferences: {},
    milestones: [
      {
        id: "1",
        title: "One",
        checks: milestoneChecks,
        features: ids.map((id) => ({
          id: id ?? "",
          title: `Feature ${id ?? ""}`,
          kind: "code",
          agent: "builtin",
          dependsOn: [],
          touches: [],
          checks: [],
          estimate: { usd: 0, hours: 0, tokens: 0 },
          ...wished.get(id),
        })),
      },
    ],
    ...plan,
  };
}

export const removeAll = (root: string) => rm(root, { recursive: true, force: true });
