/** A judge of a stored report, with a real journal and a model server on loopback behind the provider's library. */
import { join } from "node:path";
import { MockActivityEnvironment } from "@temporalio/testing";
import { createRateLimits } from "../../activities/adapters/rate-limits.js";
import type { Fence } from "../../activities/fence.js";
import { createJudgeActivities } from "../../activities/judge.js";
import { createModelAccess } from "../../config/models.js";
import { createPrices } from "../../config/prices.js";
import { createSettingsReader } from "../../config/settings.js";
import type { JudgeInput, JudgeOutcome, ValidationReport } from "../../domain/validation-work.js";
import { writeWhole } from "../../store/files.js";
import { journalPath, readJournal } from "../../store/journal.js";
import { startModelServer, type ModelServerOptions } from "../../workers/demo-model-server.js";
import { aValidationReport } from "../helpers/validation-reports.js";
import { makeFolder, makeMission, removeAll, writeFiles } from "./mission-fixture.js";

const silent = () => undefined;
const logger = {
  log: silent,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
};

export const said = (findings: object[], summary = "It is there.") =>
  JSON.stringify({ findings, summary });

export interface Wishes {
  /** Replies in order, whatever is asked; left out: what the demo's server says by itself. */
  replies?: string[];
  report?: Partial<ValidationReport>;
  /** Of the mission folder. */
  files?: Record<string, string>;
  routing?: Record<string, string>;
  server?: Partial<ModelServerOptions>;
  fence?: () => Promise<Fence>;
  secret?: string;
}

export async function makeJudge(wishes: Wishes = {}) {
  const root = await makeFolder();
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
  const mission = await makeMission(root, undefined, {
    features: [
      {
        id: "1.1",
        title: "Add notes",
        brief: "A secret plan of the agent",
        checks: [
          { id: "1.1.a", sentence: "A note is kept", verify: { method: "bash", run: "true" } },
        ],
      },
    ],
    milestoneChecks: [
      { id: "1.a", sentence: "The shop can be used", verify: { method: "bash", run: "npm test" } },
    ],
    plan: {
      goal: "A shop",
      model_routing: wishes.routing ?? { validation: "demo/canned" },
      scope: { constraints: ["No new services"], non_goals: ["Payments"] },
    },
    ...(wishes.secret === undefined ? {} : { secret: wishes.secret }),
  });
  const { paths, deps, record, missionId, planHash, blobs } = mission;
  await writeFiles(record.folder, wishes.files ?? {});
  await writeWhole(join(paths.run, "demo-model.json"), JSON.stringify({ port: server.port }));
  const settings = createSettingsReader(paths.settings);
  const judging = {
    ...deps,
    models: createModelAccess({ keysPath: paths.keys, runFolder: paths.run, settings }),
    prices: createPrices(settings),
    limits: createRateLimits(),
    prompts: {
      templates: join(process.cwd(), "templates/prompts"),
      overrides: join(root, "prompts"),
    },
    fence: wishes.fence ?? (() => Promise.resolve("go")),
  };
  const { judgeMilestone } = createJudgeActivities(judging);
  const put = (report: ValidationReport) => blobs.put(JSON.stringify(report), "validation.json");
  const report = await put(aValidationReport(wishes.report));
  const input = (more: Partial<JudgeInput> = {}): JudgeInput => ({
    missionId,
    generation: 1,
    milestoneId: "1",
    planHash,
    round: 1,
    slice: {
      key: "1/1/validation/1",
      amount: { microUsd: 2_000_000, tokens: 2_000_000 },
      activeMsLeft: 3_600_000,
    },
    sliceOpened: false,
    report,
    rateLimitInlineMs: 60_000,
    ...more,
  });
  return {
    root,
    server,
    asked,
    input,
    put,
    judging,
    run: (more: Partial<JudgeInput> = {}) =>
      new MockActivityEnvironment({ attempt: 1 }, { logger }).run<
        [JudgeInput],
        JudgeOutcome,
        typeof judgeMilestone
      >(judgeMilestone, input(more)),
    journal: async () =>
      (await readJournal(journalPath(paths.journals, missionId, "1/1/validation/1"))) ?? [],
    report: async ({ sha256 }: { sha256: string }) =>
      JSON.parse(String(await blobs.get(sha256))) as ValidationReport,
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

export type JudgeFixture = Awaited<ReturnType<typeof makeJudge>>;
