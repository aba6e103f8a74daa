/** An attempt on real files, a real journal, real commands and a model server on loopback. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MockActivityEnvironment } from "@temporalio/testing";
import { agentsByName } from "../../activities/adapters/agents-by-name.js";
import { createAgentSlots } from "../../activities/adapters/agent-slots.js";
import { createBuiltinAgent } from "../../activities/adapters/builtin-agent.js";
import { createCommandPort } from "../../activities/adapters/command.js";
import { engineRepositoryPath } from "../../activities/adapters/engine-repository.js";
import { createScriptAgent } from "../../activities/adapters/script-agent.js";
import { createTrees } from "../../activities/adapters/trees.js";
import { createBriefs } from "../../activities/briefs.js";
import { createAttemptActivities } from "../../activities/attempt.js";
import type { AgentPort } from "../../activities/agent.js";
import type { Fence } from "../../activities/fence.js";
import type {
  BlobPort,
  BrowserPort,
  CommandPort,
  ModelAccessPort,
  PricePort,
} from "../../activities/ports.js";
import { createModelAccess } from "../../config/models.js";
import { createPrices } from "../../config/prices.js";
import { createSettingsReader } from "../../config/settings.js";
import type { Interval } from "../../domain/mission.js";
import type { Plan, PlanFeature } from "../../domain/plan.js";
import type {
  AttemptCost,
  AttemptInput,
  AttemptOutcome,
  SettleInput,
  Workspace,
} from "../../domain/work.js";
import { getBlob, putBlob } from "../../store/blobs.js";
import { enginePaths } from "../../store/engine-paths.js";
import type { EnginePaths } from "../../store/engine-paths.js";
import { writeWhole } from "../../store/files.js";
import { createGit } from "../../store/git.js";
import { journalPath, readJournal } from "../../store/journal.js";
import { writeMissionRecord } from "../../store/mission-record.js";
import type { PromptFolders } from "../../store/prompts.js";
import { workspacePaths } from "../../store/workspace-paths.js";
import { startModelServer } from "../../workers/demo-model-server.js";
import type { ModelServerOptions } from "../../workers/demo-model-server.js";

const MISSION = "m-20260304-abc123";
const path = process.env["PATH"] ?? "";
const silent = () => undefined;
const logger = {
  log: silent,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
};

export interface Wishes {
  feature?: Partial<PlanFeature>;
  plan?: Partial<Plan>;
  server?: Partial<ModelServerOptions>;
  model?: string;
  unsandboxed?: boolean;
  /** False: as on a machine where no sandbox works. */
  sandboxed?: boolean;
  fence?: () => Promise<Fence>;
  sleeps?: Interval[];
  maxTurns?: number;
  /** The workspace is a git one: checkpoints hold a tree. */
  git?: boolean;
  /** Left out: this host has none. */
  browser?: (commands: CommandPort) => BrowserPort;
  /** More agents, made of what the fixture has. */
  agents?: (ports: AttemptPorts) => Record<string, AgentPort>;
}

export interface AttemptPorts {
  path: string;
  root: string;
  paths: EnginePaths;
  commands: CommandPort;
  models: ModelAccessPort;
  prices: PricePort;
  blobs: BlobPort;
  prompts: PromptFolders;
}

/** `heartbeatDetails`: what the attempt before said last. */
interface Info {
  attempt?: number;
  heartbeatDetails?: string;
}

export type AttemptFixture = Awaited<ReturnType<typeof makeAttempts>>;

export async function makeAttempts(wishes: Wishes = {}) {
  const root = mkdtempSync(join(tmpdir(), "attempt-"));
  const paths = enginePaths(join(root, "engine"));
  const server = await startModelServer({ replies: {}, ...wishes.server });
  await writeWhole(join(paths.run, "demo-model.json"), JSON.stringify({ port: server.port }));
  const settings = createSettingsReader(paths.settings);
  const models = createModelAccess({
    keysPath: paths.keys,
    runFolder: paths.run,
    settings,
    compatibleBaseUrl: server.baseUrl,
  });
  const prices = createPrices(settings);
  const blobs = {
    put: (content: string | Uint8Array, name: string) => putBlob(paths.blobs, content, name),
    get: (sha256: string) => getBlob(paths.blobs, sha256),
  };
  const feature: PlanFeature = {
    id: "1.1",
    title: "Something",
    kind: "code",
    agent: "builtin",
    dependsOn: [],
    touches: [],
    checks: [],
    estimate: { usd: 1, hours: 1, tokens: 1 },
    ...wishes.feature,
  };
  const plan: Plan = {
    version: 1,
    title: "Test",
    goal: "Test",
    mode: "full",
    workspace: "folder",
    scope: { non_goals: [], constraints: [] },
    budget: {
      money_usd: 1,
      time_hours: 1,
      token_limit: 1,
      alert_threshold_pct: 80,
      on_alert: "ask",
    },
    model_routing: { workers: wishes.model ?? "demo/canned" },
    preferences: {},
    milestones: [{ id: "1", title: "One", checks: [], features: [feature] }],
    ...wishes.plan,
  };
  const { sha256: planHash } = await blobs.put(JSON.stringify(plan), "plan.json");
  await writeMissionRecord(paths.state, {
    missionId: MISSION,
    generation: 1,
    title: "Test",
    mode: "full",
    planHash,
    folder: join(root, "home"),
    home: "homeless",
    workspace: "folder",
    caps: { microUsd: 0, tokens: 0, activeMs: 0 },
    approvals: [],
    status: "active",
    createdAt: "2026-03-04T05:06:07.890Z",
    ...(wishes.unsandboxed === undefined ? {} : { unsandboxed: wishes.unsandboxed }),
  });
  const git = createGit({ path, home: join(root, "no-home") });
  const commands = createCommandPort({ path, sandboxed: wishes.sandboxed ?? true });
  const prompts = {
    templates: join(process.cwd(), "templates/prompts"),
    overrides: join(root, "prompts"),
  };
  const ports: AttemptPorts = { path, root, paths, commands, models, prices, blobs, prompts };
  const activities = createAttemptActivities({
    paths,
    blobs,
    commands,
    ...(wishes.browser === undefined ? {} : { browser: wishes.browser(commands) }),
    briefs: createBriefs({
      git,
      paths,
      template: readFileSync(join(process.cwd(), "templates/brief-template.md"), "utf8"),
      home: join(root, "missions"),
      others: join(root, "others"),
    }),
    trees: createTrees({ git, paths }),
    slots: createAgentSlots({ folder: paths.slots, slots: 20 }),
    clock: {
      now: () => Date.now(),
      sleepsSince: (fromMs) => (wishes.sleeps ?? []).filter(({ toMs }) => toMs > fromMs),
    },
    agents: agentsByName({
      script: createScriptAgent(),
      builtin: createBuiltinAgent({
        models,
        prices,
        blobs,
        prompts,
        ...(wishes.maxTurns === undefined ? {} : { maxTurns: wishes.maxTurns }),
      }),
      ...wishes.agents?.(ports),
    }),
    fence: wishes.fence ?? (() => Promise.resolve("go")),
  });
  const baseCommit = wishes.git === true ? "0123abc" : "";
  const workspace: Workspace = { hostId: "h", hostQueue: "q", name: "w", baseCommit };
  if (wishes.git === true) {
    const bare = engineRepositoryPath(paths, MISSION);
    mkdirSync(bare, { recursive: true });
    execFileSync("git", ["init", "-q", "--bare", bare]);
  }
  const input = (more: Partial<AttemptInput> = {}): AttemptInput => ({
    feature: {
      missionId: MISSION,
      generation: 1,
      milestoneId: "1",
      featureId: feature.id,
      planHash,
    },
    workspace,
    slice: {
      key: `1/1/${feature.id}/1`,
      amount: { microUsd: 2_000_000, tokens: 200_000 },
      activeMsLeft: 3_600_000,
    },
    sliceOpened: false,
    notes: [],
    rateLimitInlineMs: 60_000,
    commandMs: 60_000,
    ...more,
  });
  const environment = (info: Info = {}) =>
    new MockActivityEnvironment(
      { attempt: 1, currentAttemptScheduledTimestampMs: Date.now(), ...info },
      { logger },
    );
  const runIn = (place: MockActivityEnvironment, given: AttemptInput) =>
    place.run<[AttemptInput], AttemptOutcome, typeof activities.runAttempt>(
      activities.runAttempt,
      given,
    );
  return {
    root,
    ports,
    runIn,
    paths,
    place: workspacePaths(paths.workspaces, workspace.name),
    server,
    prices,
    blobs,
    activities,
    input,
    environment,
    run: (given: AttemptInput, info: Info = {}) => runIn(environment(info), given),
    settle: (given: AttemptInput, sliceOpened?: boolean) =>
      environment().run<[SettleInput], AttemptCost, typeof activities.settleFromJournal>(
        activities.settleFromJournal,
        {
          feature: given.feature,
          slice: given.slice,
          ...(sliceOpened === undefined ? {} : { sliceOpened }),
        },
      ),
    journal: async (key = input().slice.key) =>
      (await readJournal(journalPath(paths.journals, MISSION, key))) ?? [],
    journalFile: (key = input().slice.key) => journalPath(paths.journals, MISSION, key),
    /** What the model server billed, by our prices. */
    billed: () =>
      server.calls.reduce(
        (sum, call) => ({
          microUsd:
            sum.microUsd +
            prices.costMicroUsd("demo/canned", {
              ...call,
              cacheReadTokens: 0,
              cacheWriteTokens: 0,
            }),
          tokens: sum.tokens + call.inputTokens + call.outputTokens,
        }),
        { microUsd: 0, tokens: 0 },
      ),
    end: async () => {
      await server.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
