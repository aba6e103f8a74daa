import { describe, expect, it } from "@jest/globals";
import { cancellationSignal, heartbeat } from "@temporalio/activity";
import { abandonPlanning } from "../../../client/planning/abandon.js";
import type { Amount } from "../../../domain/mission.js";
import { snapshotQuery } from "../../../workflows/messages.js";
import { done } from "../../helpers/fake-activities.js";
import { until, withWorker } from "../../helpers/with-worker.js";
import {
  accountOf,
  amount,
  drafted,
  isEmpty,
  needs,
  newId,
  plan,
  worldOf,
} from "./planning-bench.js";

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

  it("is planned twice at once within the one cap that plannings share", async () => {
    let mayEnd = false;
    const beside = worldOf(async (input) => {
      if (isEmpty(input)) return needs(amount(700));
      while (!mayEnd && !cancellationSignal().aborted) {
        heartbeat();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return drafted(input.slice.amount);
    });
    await withWorker(beside, async ({ client, start }) => {
      const missionId = newId();
      const mission = await start({ missionId, milestones, approved: false });
      const account = () => accountOf(client, missionId).catch(() => undefined);
      await until(account, (totals) => totals !== undefined);
      const first = await plan(client, { missionId, opensGuard: false });
      await until(account, (totals) => totals?.reserved.tokens === 700, "the first one's slice");
      const second = { missionId, n: 2, opensGuard: false, timings: { hostScheduleMs: 500 } };
      expect(await (await plan(client, second)).result()).toMatchObject({
        kind: "failed",
        spent: amount(0),
      });
      mayEnd = true;
      expect(await first.result()).toMatchObject({ kind: "drafted", spent: amount(700) });
      // What is left of the cap is all that a third one gets.
      const third = await plan(client, { ...second, n: 3 });
      expect(await third.result()).toMatchObject({ kind: "drafted", spent: amount(300) });
      expect(await account()).toMatchObject({ spent: amount(1_000), reserved: amount(0) });
      await mission.executeUpdate("cancel", { args: [{}] });
      await mission.result();
    });
  });

  it("keeps its caps, whatever a planning that began before it would raise them to", async () => {
    await withWorker(world(), async ({ client, start }) => {
      const { missionId, result } = await plan(client);
      await result();
      const caps = { microUsd: 400, tokens: 400, activeMs: 3_600_000 };
      const mission = await start({ missionId, milestones, approved: false, caps });
      await until(
        () => accountOf(client, missionId),
        (totals) => totals.caps.tokens === 400,
        "the mission's caps",
      );
      const cap = amount(5_000);
      const late = await plan(client, { missionId, n: 2, cap, timings: { hostScheduleMs: 500 } });
      await late.result();
      expect((await accountOf(client, missionId)).caps).toEqual(caps);
      await mission.executeUpdate("cancel", { args: [{}] });
      await mission.result();
    });
  });

  it("books whole what a terminated planning held, which would hold its budget for ever", async () => {
    let isAsking = false;
    const hanging = worldOf(async (input) => {
      if (isEmpty(input)) return needs(amount(300));
      isAsking = true;
      while (!cancellationSignal().aborted) {
        heartbeat();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return drafted(amount(10));
    });
    await withWorker(hanging, async ({ client, start }) => {
      const { missionId, handle } = await plan(client);
      await until(
        async () => isAsking,
        (asks) => asks,
        "the call in flight",
      );
      await handle.terminate("operator");
      const mission = await start({ missionId, milestones, approved: false });
      await until(
        () => accountOf(client, missionId),
        ({ reserved, spent }) => reserved.tokens === 0 && spent.tokens === 300,
        "the slice of the terminated planning",
      );
      await mission.executeUpdate("approvePlan", { args: [{}] });
      expect(await mission.result()).toMatchObject({ status: "completed", spent: amount(400) });
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
