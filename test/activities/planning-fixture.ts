/** Plannings on a real journal and real files, with a model server on loopback behind the provider's library. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MockActivityEnvironment } from "@temporalio/testing";
import { createRateLimits } from "../../activities/adapters/rate-limits.js";
import type { Fence } from "../../activities/fence.js";
import { createPlanningActivities } from "../../activities/planning.js";
import { createModelAccess } from "../../config/models.js";
import { createPrices } from "../../config/prices.js";
import { createSettingsReader } from "../../config/settings.js";
import type { EstimateBasis } from "../../domain/estimates/estimate.js";
import type { Plan } from "../../domain/plan.js";
import type {
  PlanningOutcome,
  PlanningTask,
  PlanningWork,
} from "../../domain/planning/planning-work.js";
import type { Scope } from "../../domain/scope.js";
import { getBlob, putBlob } from "../../store/blobs.js";
import { enginePaths } from "../../store/engine-paths.js";
import { writeWhole } from "../../store/files.js";
import { journalPath, journalSpent, readJournal } from "../../store/journal.js";
import { canonicalPlanJson } from "../../store/plan-yaml.js";
import { startModelServer, type ModelServerOptions } from "../../workers/demo-model-server.js";
import { aScope } from "../helpers/drafts.js";

const MISSION = "m-20260304-abc123";
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
  /** Replies in order. */
  replies: string[];
  scope?: Partial<Scope>;
  task?: (hashes: { scopeHash: string }) => PlanningTask;
  server?: Partial<ModelServerOptions>;
  fence?: () => Promise<Fence>;
  basis?: EstimateBasis;
}
export type PlanningFixture = Awaited<ReturnType<typeof makePlanning>>;

export async function makePlanning(wishes: Wishes) {
  const root = mkdtempSync(join(tmpdir(), "planning-"));
  const paths = enginePaths(join(root, "engine"));
  const asked: string[] = [];
  const server = await startModelServer({
    replies: { plan: wishes.replies.map((say) => ({ say })) },
    keyOf: ({ messages }) => {
      asked.push(JSON.stringify(messages));
      return "plan";
    },
    ...wishes.server,
  });
  await writeWhole(join(paths.run, "demo-model.json"), JSON.stringify({ port: server.port }));
  const settings = createSettingsReader(paths.settings);
  const blobs = {
    put: (content: string | Uint8Array, name: string) => putBlob(paths.blobs, content, name),
    get: (sha256: string) => getBlob(paths.blobs, sha256),
  };
  const scope = aScope(wishes.scope);
  const { sha256: scopeHash } = await blobs.put(JSON.stringify(scope), "scope.json");
  const activities = createPlanningActivities({
    paths,
    blobs,
    clock: { now: () => Date.now(), sleepsSince: () => [] },
    models: createModelAccess({ keysPath: paths.keys, runFolder: paths.run, settings }),
    prices: createPrices(settings),
    limits: createRateLimits(),
    prompts: {
      templates: join(process.cwd(), "templates/prompts"),
      overrides: join(root, "prompts"),
    },
    estimates: { basis: () => Promise.resolve(wishes.basis) },
    fence: wishes.fence ?? (() => Promise.resolve("go")),
  });
  const task = wishes.task?.({ scopeHash }) ?? { kind: "draft", scopeHash, model: "demo/canned" };
  const input = (more: Partial<PlanningWork> = {}): PlanningWork => ({
    missionId: MISSION,
    generation: 1,
    n: 1,
    task,
    slice: {
      key: "1/planning/1/1",
      amount: { microUsd: 2_000_000, tokens: 2_000_000 },
      activeMsLeft: 3_600_000,
    },
    sliceOpened: false,
    rateLimitInlineMs: 60_000,
    ...more,
  });
  const environment = (info: { attempt?: number; heartbeatDetails?: string } = {}) =>
    new MockActivityEnvironment({ attempt: 1, ...info }, { logger });
  const runIn = (place: MockActivityEnvironment, given: PlanningWork) =>
    place.run<[PlanningWork], PlanningOutcome, typeof activities.runPlanning>(
      activities.runPlanning,
      given,
    );
  const journal = async (key = "1/planning/1/1") =>
    (await readJournal(journalPath(paths.journals, MISSION, key))) ?? [];
  return {
    root,
    paths,
    server,
    blobs,
    scope,
    scopeHash,
    /** Messages of each call, as they were sent. */
    asked,
    input,
    environment,
    runIn,
    run: (given = input(), info: { attempt?: number; heartbeatDetails?: string } = {}) =>
      runIn(environment(info), given),
    journal,
    journaled: async () => journalSpent(await journal()).spent,
    billed: () => ({
      microUsd: server.calls.reduce(
        (sum, call) => sum + call.inputTokens * 3 + call.outputTokens * 15,
        0,
      ),
      tokens: server.calls.reduce((sum, call) => sum + call.inputTokens + call.outputTokens, 0),
    }),
    plan: async (hash: string) => JSON.parse((await getBlob(paths.blobs, hash)).toString()) as Plan,
    store: async (plan: Plan) => (await blobs.put(canonicalPlanJson(plan), "plan.json")).sha256,
    end: async () => {
      await server.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
