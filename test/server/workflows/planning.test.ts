import { describe, expect, it } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { ApplicationFailure, cancellationSignal, heartbeat } from "@temporalio/activity";
import { WorkflowFailedError, type Client } from "@temporalio/client";
import type { Activities } from "../../../activities/contract.js";
import { abandonPlanning, isOnlyPlanned } from "../../../client/planning/abandon.js";
import { findOpenBudgets } from "../../../client/doctor/open-budgets.js";
import type { Amount } from "../../../domain/mission.js";
import type { PlanningOutcome, PlanningWork } from "../../../domain/planning/planning-work.js";
import {
  budgetQuery,
  planningQuery,
  snapshotQuery,
  type PlanningInput,
  type PlanningResult,
} from "../../../workflows/messages.js";
import { aFeature, aMilestone, done, fakeWorld } from "../../helpers/fake-activities.js";
import { TEST_QUEUE, until, withWorker } from "../../helpers/with-worker.js";

const checkpoint = { sha256: "c".repeat(64), bytes: 1, name: "planning.json" };
const amount = (microUsd: number, tokens = microUsd): Amount => ({ microUsd, tokens });
const drafted = (spent: Amount): PlanningOutcome => ({
  kind: "drafted",
  planHash: "a".repeat(64),
  rounds: 1,
  promptHash: "b".repeat(64),
  notes: ["small"],
  spent,
  calls: 1,
  sleeps: [],
});
const needs = (ask: Amount, spent = amount(0), calls = 0): PlanningOutcome => ({
  kind: "needs-more",
  ask,
  checkpoint,
  spent,
  calls,
  sleeps: [],
});
const isEmpty = ({ slice }: PlanningWork) => slice.amount.tokens === 0;

const newId = () => `m-20260101-${randomBytes(3).toString("hex")}`;
const worldOf = (runPlanning: Activities["runPlanning"], more: Partial<Activities> = {}) =>
  fakeWorld([aMilestone("1", [aFeature("1.1", { agent: "builtin", estimate: amount(100) })])], {
    runAttempt: async ({ slice }) => done({ spent: slice.amount, calls: 1 }),
    runPlanning,
    ...more,
  }).activities;

async function plan(client: Client, input: Partial<PlanningInput> = {}) {
  const { missionId = newId(), n = 1 } = input;
  const handle = await client.workflow.start("planningWorkflow", {
    workflowId: `mission/${missionId}/planning/${n}`,
    taskQueue: TEST_QUEUE,
    args: [
      {
        missionId,
        generation: 1,
        n,
        task: { kind: "draft", scopeHash: "0".repeat(64), model: "demo/canned" },
        cap: amount(1_000),
        opensGuard: true,
        ...input,
        timings: { heartbeatMs: 2_000, retryMs: 50, ...input.timings },
      },
    ],
  });
  const result = () => handle.result() as Promise<PlanningResult>;
  return { handle, missionId, result };
}
const accountOf = (client: Client, missionId: string) =>
  client.workflow.getHandle(`mission/${missionId}/budget`).query(budgetQuery);

describe("a planning", () => {
  it("asks what it costs with an empty slice, then for exactly that, and settles", async () => {
    const slices: Amount[] = [];
    const world = worldOf(async (input) => {
      slices.push(input.slice.amount);
      return isEmpty(input) ? needs(amount(300)) : drafted(amount(120));
    });
    await withWorker(world, async ({ client }) => {
      const { missionId, result } = await plan(client);
      expect(await result()).toEqual({
        kind: "drafted",
        planHash: "a".repeat(64),
        rounds: 1,
        promptHash: "b".repeat(64),
        notes: ["small"],
        spent: amount(120),
      });
      expect(slices).toEqual([amount(0), amount(300)]);
      const totals = await accountOf(client, missionId);
      expect(totals).toMatchObject({ spent: amount(120), reserved: amount(0) });
      expect(totals.caps).toMatchObject(amount(1_000));
    });
  });

  it("ends with a remedy when the next call may cost more than the cap has left", async () => {
    const world = worldOf(async (input) =>
      isEmpty(input)
        ? needs(amount(700))
        : needs(amount(700), amount(Math.min(600, input.slice.amount.tokens)), 1),
    );
    await withWorker(world, async ({ client }) => {
      const { missionId, result } = await plan(client);
      const ended = await result();
      expect(ended).toMatchObject({ kind: "failed", spent: { microUsd: 1_000 } });
      if (ended.kind !== "failed") return;
      expect(ended.reason).toContain("planning cap");
      expect(ended.remedy).toContain("--planning-cap");
      expect((await accountOf(client, missionId)).spent.microUsd).toBeLessThanOrEqual(1_000);
    });
  });

  it("shares its cap with the plannings before it, and a later one may raise it", async () => {
    const world = worldOf(async (input) =>
      isEmpty(input)
        ? needs(amount(700))
        : input.slice.amount.tokens < 700
          ? needs(amount(700))
          : drafted(input.slice.amount),
    );
    await withWorker(world, async ({ client }) => {
      const { missionId, result } = await plan(client);
      expect(await result()).toMatchObject({ kind: "drafted", spent: amount(700) });
      const second = await plan(client, { missionId, n: 2 });
      expect(await second.result()).toMatchObject({ kind: "failed", spent: amount(0) });
      const third = await plan(client, { missionId, n: 3, cap: amount(1_400) });
      expect(await third.result()).toMatchObject({ kind: "drafted", spent: amount(700) });
      expect(await accountOf(client, missionId)).toMatchObject({
        spent: amount(1_400),
        overrun: amount(0),
      });
    });
  });

  it("ends after its call in flight when it is cancelled, and settles what that cost", async () => {
    const world = worldOf(async (input) => {
      if (isEmpty(input)) return needs(amount(300));
      while (!cancellationSignal().aborted) {
        heartbeat();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return { kind: "stopped", checkpoint, spent: amount(50), calls: 1, sleeps: [] };
    });
    await withWorker(world, async ({ client }) => {
      const { handle, missionId, result } = await plan(client);
      await until(
        () => handle.query(planningQuery),
        ({ doing }) => doing === "asks the model",
      );
      await until(
        () => accountOf(client, missionId),
        ({ reserved }) => reserved.tokens === 300,
      );
      await handle.cancel();
      await expect(result()).rejects.toThrow(WorkflowFailedError);
      await expect(result()).rejects.toMatchObject({ cause: { name: "CancelledFailure" } });
      const totals = await until(
        () => accountOf(client, missionId),
        ({ reserved }) => reserved.tokens === 0,
      );
      expect(totals.spent).toEqual(amount(50));
    });
  });

  it("waits for a rate limit without holding budget, and goes on with what was said", async () => {
    let limited = 0;
    const seen: unknown[] = [];
    const world = worldOf(async (input) => {
      if (isEmpty(input)) return needs(amount(300));
      seen.push(input.checkpoint);
      limited += 1;
      if (limited > 1) return drafted(amount(100));
      const at = new Date(Date.now() + 3_000).toISOString();
      const why = "rate limit of demo";
      return { kind: "wait-until", at, why, checkpoint, spent: amount(10), calls: 1, sleeps: [] };
    });
    await withWorker(world, async ({ client }) => {
      const { handle, missionId, result } = await plan(client);
      await until(
        () => handle.query(planningQuery),
        ({ doing }) => doing.startsWith("waits for the rate limit of demo until"),
      );
      const waiting = await until(
        () => accountOf(client, missionId),
        ({ spent }) => spent.tokens === 10,
      );
      expect(waiting.reserved).toEqual(amount(0));
      expect(await result()).toMatchObject({ kind: "drafted", spent: amount(110) });
      expect(seen).toEqual([checkpoint, checkpoint]);
    });
  });

  it("says what to do when the model cannot be reached, and counts what the journal says", async () => {
    const world = worldOf(
      async (input) => {
        if (isEmpty(input)) return needs(amount(300));
        throw ApplicationFailure.nonRetryable("demo/canned: key refused", "ModelAuth");
      },
      {
        settleFromJournal: async ({ slice }) => ({
          spent: slice.amount.tokens === 0 ? amount(0) : amount(40),
          calls: 1,
          sleeps: [],
        }),
      },
    );
    await withWorker(world, async ({ client }) => {
      const { result } = await plan(client);
      expect(await result()).toEqual({
        kind: "failed",
        reason: "demo/canned: key refused",
        remedy: expect.stringContaining("npx missions key set"),
        spent: amount(40),
      });
    });
  });

  it("is dropped with its account, whose sum is told; later ones find it closed", async () => {
    const world = worldOf(async (input) =>
      isEmpty(input) ? needs(amount(300)) : drafted(amount(120)),
    );
    await withWorker(world, async ({ client }) => {
      const { missionId, result } = await plan(client);
      await result();
      expect(await isOnlyPlanned(client, missionId)).toBe(true);
      const finding = await until(
        () => findOpenBudgets(client),
        (found) => found?.found.includes(missionId) === true,
        "the open account in doctor",
      );
      expect(finding).toMatchObject({ ok: "warn", remedy: expect.stringContaining("cancel") });
      expect(await abandonPlanning(client, missionId)).toEqual(amount(120));
      expect(await abandonPlanning(client, missionId)).toEqual(amount(120));
      expect(await isOnlyPlanned(client, missionId)).toBe(false);
      const second = await plan(client, { missionId, n: 2 });
      expect(await second.result()).toMatchObject({
        kind: "failed",
        reason: "The account of this mission is closed.",
      });
      expect(await abandonPlanning(client, newId())).toEqual(amount(0));
    });
  });
});

describe("a mission that was planned", () => {
  const world = () =>
    worldOf(async (input) => (isEmpty(input) ? needs(amount(300)) : drafted(amount(120))));
  const milestones = [{ id: "1", title: "First", features: 1 }];

  it("takes over the account of its planning, with caps of its own", async () => {
    await withWorker(world(), async ({ client, start }) => {
      const { missionId, result } = await plan(client);
      await result();
      const mission = await start({
        missionId,
        milestones,
        approved: false,
        caps: { microUsd: 5_000, tokens: 6_000, activeMs: 3_600_000 },
        alertThresholdPct: 70,
        onAlert: "ask",
      });
      const { budget } = await until(
        () => mission.query(snapshotQuery),
        (seen) => seen.budget.spent.tokens === 120,
        "the planning's cost in the mission's totals",
      );
      expect(budget.caps).toEqual({ microUsd: 5_000, tokens: 6_000, activeMs: 3_600_000 });
      const totals = await accountOf(client, missionId);
      expect(totals).toMatchObject({
        caps: { microUsd: 5_000, tokens: 6_000, activeMs: 3_600_000 },
        alertThresholdPct: 70,
        onAlert: "ask",
      });
      await expect(abandonPlanning(client, missionId)).rejects.toMatchObject({ exitCode: 6 });
      await mission.executeUpdate("approvePlan", { args: [{}] });
      expect(await mission.result()).toMatchObject({ status: "completed", spent: amount(220) });
    });
  });

  it("is planned again while it runs, within the cap that plannings share", async () => {
    const asked: Amount[] = [];
    const beside = worldOf(async (input) => {
      asked.push(input.slice.amount);
      return isEmpty(input) ? needs(amount(300)) : drafted(amount(50));
    });
    await withWorker(beside, async ({ client, start }) => {
      const missionId = newId();
      const mission = await start({ missionId, milestones, approved: false });
      await until(
        () => accountOf(client, missionId).catch(() => undefined),
        (totals) => totals !== undefined,
      );
      const besides = { missionId, opensGuard: false, spentBefore: amount(800) };
      const { result } = await plan(client, besides);
      expect(await result()).toMatchObject({ kind: "drafted", spent: amount(50) });
      expect(asked).toEqual([amount(0), amount(200)]);
      await mission.executeUpdate("approvePlan", { args: [{}] });
      expect(await mission.result()).toMatchObject({ status: "completed", spent: amount(150) });
    });
  });

  it("is told when a paused mission's account gives nothing", async () => {
    await withWorker(world(), async ({ client, start }) => {
      const missionId = newId();
      const mission = await start({ missionId, milestones, approved: false });
      await mission.executeUpdate("pause", { args: [{}] });
      const { result } = await plan(client, {
        missionId,
        opensGuard: false,
        timings: { hostScheduleMs: 500 },
      });
      expect(await result()).toMatchObject({
        kind: "failed",
        remedy: expect.stringContaining("resume the mission"),
      });
      await mission.executeUpdate("cancel", { args: [{}] });
      await mission.result();
    });
  });

  it("goes on in a second generation on the account of a terminated first, which is booked whole", async () => {
    let hang = true;
    const world = worldOf(async () => drafted(amount(0)), {
      runAttempt: async ({ slice }) => {
        while (hang && !cancellationSignal().aborted) {
          heartbeat();
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return done({ spent: slice.amount, calls: 1 });
      },
    });
    await withWorker(world, async ({ client, start }) => {
      const missionId = newId();
      const first = await start({ missionId, milestones });
      await until(
        () => first.query(snapshotQuery),
        ({ features }) => features.some(({ status }) => status === "running"),
      );
      for (const id of ["/1/1.1", "/1", ""]) {
        await client.workflow.getHandle(`mission/${missionId}${id}`).terminate("operator");
      }
      await expect(first.result()).rejects.toThrow();
      hang = false;
      const caps = { microUsd: 250, tokens: 250, activeMs: 3_600_000 };
      const second = await start({ missionId, milestones, generation: 2, caps });
      expect(await second.result()).toMatchObject({ status: "completed", spent: amount(200) });
    });
  });
});
