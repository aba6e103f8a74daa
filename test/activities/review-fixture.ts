/** Reviews of a real commit, with a real journal and a model server on loopback behind the provider's library. */
import { join } from "node:path";
import { MockActivityEnvironment } from "@temporalio/testing";
import { createRateLimits } from "../../activities/adapters/rate-limits.js";
import type { Fence } from "../../activities/fence.js";
import { createReviewActivities } from "../../activities/review.js";
import { createModelAccess } from "../../config/models.js";
import { createPrices } from "../../config/prices.js";
import { createSettingsReader } from "../../config/settings.js";
import type { PlanFeature } from "../../domain/plan.js";
import type { ReviewInput, ReviewOutcome } from "../../domain/shipping-work.js";
import { readFeatureEvents } from "../../store/feature-record.js";
import { writeWhole } from "../../store/files.js";
import { journalPath, readJournal } from "../../store/journal.js";
import { startModelServer, type ModelServerOptions } from "../../workers/demo-model-server.js";
import {
  makeFolder,
  makeMission,
  makeUserRepository,
  removeAll,
  writeFiles,
} from "./mission-fixture.js";

const silent = () => undefined;
const logger = {
  log: silent,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
};

export const said = (findings: object[], verdict = "changes", summary = "It is not done.") =>
  JSON.stringify({ findings, summary, verdict });
export const finding = (severity: string, file: string, more: object = {}) => ({
  severity,
  file,
  line: 1,
  what: `Something ${severity}.`,
  why: "It breaks.",
  ...more,
});

export interface Wishes {
  /** Replies in order, whatever is asked; left out: what the demo's server says by itself. */
  replies?: string[];
  feature?: Partial<PlanFeature>;
  files?: Record<string, string>;
  routing?: Record<string, string>;
  server?: Partial<ModelServerOptions>;
  fence?: () => Promise<Fence>;
  secret?: string;
}
export type ReviewFixture = Awaited<ReturnType<typeof makeReview>>;

export async function makeReview(wishes: Wishes = {}) {
  const root = await makeFolder();
  const repo = await makeUserRepository(root);
  const asked: string[] = [];
  const { replies } = wishes;
  const server = await startModelServer({
    replies: replies === undefined ? {} : { all: replies.map((say) => ({ say })) },
    ...(replies === undefined
      ? {}
      : {
          keyOf: ({ messages }) => {
            asked.push(JSON.stringify(messages));
            return "all";
          },
        }),
    ...wishes.server,
  });
  const mission = await makeMission(root, repo, {
    features: [{ id: "1.1", ...wishes.feature }],
    plan: {
      goal: "A shop",
      model_routing: wishes.routing ?? { validation: "demo/canned" },
      scope: { constraints: ["No new services"], non_goals: ["Payments"] },
    },
    ...(wishes.secret === undefined ? {} : { secret: wishes.secret }),
  });
  const { paths, deps } = mission;
  await writeWhole(join(paths.run, "demo-model.json"), JSON.stringify({ port: server.port }));
  const settings = createSettingsReader(paths.settings);
  const activities = createReviewActivities({
    ...deps,
    models: createModelAccess({ keysPath: paths.keys, runFolder: paths.run, settings }),
    prices: createPrices(settings),
    limits: createRateLimits(),
    prompts: {
      templates: join(process.cwd(), "templates/prompts"),
      overrides: join(root, "prompts"),
    },
    fence: wishes.fence ?? (() => Promise.resolve("go")),
  });
  const workspace = await mission.prepare("1.1");
  await writeFiles(mission.place(workspace).tree, wishes.files ?? { "src/b.txt": "made\n" });
  await mission.check("1.1", workspace);
  const { commit } = await mission.commit("1.1", workspace);
  const input = (more: Partial<ReviewInput> = {}): ReviewInput => ({
    feature: mission.ref("1.1"),
    workspace,
    slice: {
      key: "1/1/1.1/1",
      amount: { microUsd: 2_000_000, tokens: 2_000_000 },
      activeMsLeft: 3_600_000,
    },
    sliceOpened: false,
    commit,
    round: 1,
    rateLimitInlineMs: 60_000,
    ...more,
  });
  const environment = () => new MockActivityEnvironment({ attempt: 1 }, { logger });
  const runIn = (place: MockActivityEnvironment, given: ReviewInput) =>
    place.run<[ReviewInput], ReviewOutcome, typeof activities.reviewFeature>(
      activities.reviewFeature,
      given,
    );
  return {
    root,
    server,
    asked,
    commit,
    input,
    environment,
    runIn,
    run: (more: Partial<ReviewInput> = {}) => runIn(environment(), input(more)),
    journal: async (key = "1/1/1.1/1") =>
      (await readJournal(journalPath(paths.journals, mission.missionId, key))) ?? [],
    text: async (sha256: string) => String(await mission.blobs.get(sha256)),
    events: async () =>
      (await readFeatureEvents(paths.features, mission.missionId, "1.1")).filter(
        ({ kind }) => kind === "review",
      ),
    billed: () => ({
      microUsd: server.calls.reduce(
        (sum, call) => sum + call.inputTokens * 3 + call.outputTokens * 15,
        0,
      ),
      tokens: server.calls.reduce((sum, call) => sum + call.inputTokens + call.outputTokens, 0),
    }),
    end: async () => {
      await server.stop();
      await removeAll(root);
    },
  };
}
