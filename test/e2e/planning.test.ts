/** From a scope to a plan that may run: real server, real worker, a scripted model behind the provider's library. */
import { afterEach, describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { runBudgetShow } from "../../client/commands/budget-show.js";
import { budget, sendCommand } from "../../client/missions.js";
import { abandonPlanning } from "../../client/planning/abandon.js";
import { classifyGoal } from "../../client/planning/classify.js";
import { draftPlan } from "../../client/planning/draft.js";
import { planningModel } from "../../client/planning/planning-model.js";
import { redraftPlan } from "../../client/planning/redraft.js";
import { guardWorkflowId } from "../../domain/ids.js";
import type { Amount, BudgetTotals } from "../../domain/mission.js";
import { readPlan } from "../../domain/read-plan.js";
import { writeWhole } from "../../store/files.js";
import { readPlanText } from "../../store/plan-file.js";
import { planToYaml } from "../../store/plan-yaml.js";
import { budgetQuery } from "../../workflows/messages.js";
import {
  startModelServer,
  type ModelServer,
  type ModelServerOptions,
} from "../../workers/demo-model-server.js";
import type { ChatRequest } from "../../workers/demo-model-reply.js";
import { said } from "../helpers/drafts.js";
import type { Written } from "../helpers/plans.js";
import { testAddress } from "../helpers/with-worker.js";
import { billOf } from "./account.js";
import { announceModel, openEngine, until, type Engine } from "./engine.js";
import { GOALS, type PlannedGoal } from "./goals.js";
import { untilEnded, untilSeen } from "./outcome.js";
import { newMissionId, QUICK, startFromPlan } from "./start.js";

const MODEL = "demo/canned";
const CAP = 2_000_000;

let engine: Engine | undefined;
let model: ModelServer | undefined;
afterEach(async () => {
  await engine?.close();
  await model?.stop();
  engine = undefined;
  model = undefined;
});

/** Replies by the goal that a prompt quotes. */
const keyOf = ({ messages = [] }: ChatRequest) =>
  GOALS.find(({ goal }) => JSON.stringify(messages[1] ?? "").includes(goal))?.goal ?? "";
const repliesOf = (goals: PlannedGoal[]) =>
  Object.fromEntries(goals.map(({ goal, replies }) => [goal, replies.map((say) => ({ say }))]));

async function openPlanner(options: Partial<ModelServerOptions> = {}) {
  const open = (engine = await openEngine(testAddress()));
  const served = (model = await startModelServer({ replies: repliesOf(GOALS), keyOf, ...options }));
  await announceModel(open.paths, served.port);
  await writeWhole(open.paths.settings, `routing: {orchestrator: ${MODEL}, workers: ${MODEL}}\n`);
  const worker = await open.startWorker();
  return { open, served, worker };
}

const accountOf = ({ client }: Engine, missionId: string): Promise<BudgetTotals> =>
  client.workflow.getHandle(guardWorkflowId(missionId)).query(budgetQuery);
const add = (left: Amount, right: Amount): Amount => ({
  microUsd: left.microUsd + right.microUsd,
  tokens: left.tokens + right.tokens,
});
const goalCalled = (word: string): PlannedGoal => {
  const found = GOALS.find(({ goal }) => goal.includes(word));
  if (found === undefined) throw new Error(`no goal about ${word}`);
  return found;
};

describe("planning from end to end", () => {
  it("plans five goals, one of each sort, two of them after wrong answers, for what the server billed", async () => {
    const { open, served } = await openPlanner();
    expect(await planningModel(open.context)).toBe(MODEL);
    for (const { goal, type, scope, replies } of GOALS) {
      const missionId = newMissionId();
      const before = served.calls.length;
      const order = { missionId, scope, model: MODEL, capMicroUsd: CAP, timings: QUICK };
      const drafted = await draftPlan(open.context, open.client, order);
      const bill = billOf(served.calls.slice(before));
      expect([goal, drafted.rounds]).toEqual([goal, replies.length]);
      expect(served.calls.length - before).toBe(replies.length);
      expect(drafted.spent).toEqual(bill);
      expect(await accountOf(open, missionId)).toMatchObject({
        spent: bill,
        reserved: { microUsd: 0, tokens: 0 },
        overrun: { microUsd: 0, tokens: 0 },
      });
      // It runs, and it survives being written down.
      expect(drafted.plan).toMatchObject({ goal, type, level: "mvp" });
      expect(readPlan(drafted.plan)).toEqual(drafted.plan);
      expect(readPlanText(planToYaml(drafted.plan), "plan.yaml")).toEqual(drafted.plan);
      // Who comes back gets the same, unpaid.
      const again = await draftPlan(open.context, open.client, order);
      expect(again).toEqual(drafted);
      expect(served.calls.length - before).toBe(replies.length);
      expect(await abandonPlanning(open.client, missionId)).toEqual(bill);
    }
  });

  it("gives the same plan when its worker is killed in the middle, for at most one call more", async () => {
    const { open, served, worker } = await openPlanner({ latencyMs: 400 });
    const { scope, replies } = goalCalled("CRM");
    const missionId = newMissionId();
    const drafting = draftPlan(open.context, open.client, {
      missionId,
      scope,
      model: MODEL,
      capMicroUsd: CAP,
      timings: QUICK,
    });
    await until(
      () => Promise.resolve(served.calls.length),
      (calls) => calls === 2,
      "the second call",
    );
    worker.kill("SIGKILL");
    await worker.exited;
    await open.startWorker();
    const drafted = await drafting;
    expect(drafted.rounds).toBe(replies.length);
    expect(readPlan(drafted.plan)).toEqual(drafted.plan);
    expect(served.calls.length).toBeLessThanOrEqual(replies.length + 1);
    const { spent, reserved } = await accountOf(open, missionId);
    expect(reserved).toEqual({ microUsd: 0, tokens: 0 });
    expect(spent).toEqual(drafted.spent);
    // The call in flight counts at its worst, never at less than its bill.
    const bill = billOf(served.calls);
    expect(spent.microUsd).toBeGreaterThanOrEqual(bill.microUsd);
    expect(spent.microUsd).toBeLessThanOrEqual(CAP);
  });

  it("counts planning as the mission's money, before the mission and beside it", async () => {
    const { open, served } = await openPlanner({
      keyOf: (request) => {
        const text = JSON.stringify(request.messages ?? "");
        if (text.includes("You judge of what sort")) return "sort";
        return text.includes("You change the plan") ? "change" : keyOf(request);
      },
      replies: {
        ...repliesOf(GOALS),
        sort: [{ say: '{"type":"migration","why":"It moves what exists."}' }],
        change: [{ say: JSON.stringify({ ...said("To TypeScript, smaller") }) }],
      },
    });
    const { scope } = goalCalled("TypeScript");
    const missionId = newMissionId();
    const order = { missionId, scope, model: MODEL, capMicroUsd: CAP, timings: QUICK };
    const opinion = await classifyGoal(open.context, open.client, order);
    expect(opinion).toMatchObject({ type: "migration", why: "It moves what exists." });
    const drafted = await draftPlan(open.context, open.client, order);
    const planning = add(opinion.spent, drafted.spent);
    expect(planning).toEqual(billOf(served.calls));

    await startFromPlan(open, JSON.parse(JSON.stringify(drafted.plan)) as Written, {
      missionId,
      approved: false,
    });
    const seen = await untilSeen(
      open,
      missionId,
      ({ budget: { spent } }) => spent.tokens === planning.tokens,
      "what planning cost in the mission's totals",
    );
    expect(seen.budget.caps.microUsd).toBe(scope.budget.money_usd * 1_000_000);

    const change = await redraftPlan(open.context, open.client, {
      missionId,
      planHash: drafted.planHash,
      wish: "It is too much.",
      fixed: [],
      model: MODEL,
      capMicroUsd: CAP,
      scope,
      timings: QUICK,
    });
    expect(change.plan.title).toBe("To TypeScript, smaller");
    expect((await accountOf(open, missionId)).spent).toEqual(billOf(served.calls));

    let shown: { rows: { group: string; calls: number; costUsd: number }[] } | undefined;
    const output = {
      ...open.context.output,
      answer: (document: unknown) => {
        shown = document as typeof shown;
      },
    };
    await runBudgetShow({ ...open.context, output }, [missionId], { by: "role" });
    expect(shown?.rows).toMatchObject([{ group: "orchestrator", calls: served.calls.length }]);
    await sendCommand(open.client, missionId, "cancel", {}, { by: open.context.by });
    await untilEnded(open, missionId);
    expect((await budget(open.client, missionId)).spent).toEqual(billOf(served.calls));
  });

  it("stops at its cap, and says what to do", async () => {
    const { open, served } = await openPlanner();
    const { scope } = goalCalled("CRM");
    const missionId = newMissionId();
    const drafting = draftPlan(open.context, open.client, {
      missionId,
      scope,
      model: MODEL,
      capMicroUsd: 50_000,
      timings: QUICK,
    });
    await expect(drafting).rejects.toMatchObject({
      exitCode: 5,
      message: expect.stringContaining("planning cap of $0.05"),
      remedy: expect.stringContaining("--planning-cap"),
    });
    expect(billOf(served.calls).microUsd).toBeLessThanOrEqual(50_000);
  });

  it("waits for a rate limit and leaves nothing of a key or prompt in the worker's log", async () => {
    const { open, served } = await openPlanner({
      faultAt: (request) => (request === 1 ? { kind: "rate-limit", retryAfter: "2" } : undefined),
    });
    const { scope, goal } = goalCalled("single sign-on");
    const order = { missionId: newMissionId(), scope, model: MODEL, capMicroUsd: CAP };
    const drafted = await draftPlan(open.context, open.client, {
      ...order,
      timings: { ...QUICK, rateLimitInlineMs: 0 },
    });
    expect(drafted.spent).toEqual(billOf(served.calls));
    expect(readFileSync(`${open.paths.logs}/worker.log`, "utf8")).not.toContain(goal);
  });
});
