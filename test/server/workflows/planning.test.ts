import { describe, expect, it } from "@jest/globals";
import { ApplicationFailure, cancellationSignal, heartbeat } from "@temporalio/activity";
import { WorkflowFailedError } from "@temporalio/client";
import { findOpenBudgets } from "../../../client/doctor/open-budgets.js";
import { abandonPlanning, isOnlyPlanned } from "../../../client/planning/abandon.js";
import type { Amount } from "../../../domain/mission.js";
import { planningQuery } from "../../../workflows/messages.js";
import { until, withWorker } from "../../helpers/with-worker.js";
import {
  accountOf,
  amount,
  checkpoint,
  drafted,
  isEmpty,
  needs,
  newId,
  plan,
  worldOf,
} from "./planning-bench.js";

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
    let isAsking = false;
    const world = worldOf(async (input) => {
      if (isEmpty(input)) return needs(amount(300));
      isAsking = true;
      while (!cancellationSignal().aborted) {
        heartbeat();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return { kind: "stopped", checkpoint, spent: amount(50), calls: 1, sleeps: [] };
    });
    await withWorker(world, async ({ client }) => {
      const { handle, missionId, result } = await plan(client, {
        // A busy machine must not take the beating activity for dead.
        timings: { heartbeatMs: 8_000 },
      });
      await until(
        () => handle.query(planningQuery),
        ({ doing }) => doing === "asks the model",
      );
      await until(
        async () => isAsking,
        (asks) => asks,
        "the call in flight",
      );
      expect((await accountOf(client, missionId)).reserved.tokens).toBe(300);
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
