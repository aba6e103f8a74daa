import { describe, expect, it } from "@jest/globals";
import { snapshotQuery } from "../../../workflows/messages.js";
import { aFeature, aMilestone, done, fakeWorld } from "../../helpers/fake-activities.js";
import { until, withWorker } from "../../helpers/with-worker.js";

const costs = (id: string, microUsd: number) =>
  aFeature(id, { agent: "builtin", estimate: { microUsd, tokens: 10 } });

describe("the budget of a mission", () => {
  it("holds what does not fit until the cap is raised, at a gate that then closes by itself", async () => {
    const milestone = aMilestone("1", [costs("1.1", 600), costs("1.2", 600)]);
    const world = fakeWorld([milestone], {
      runAttempt: async ({ slice }) => done({ spent: slice.amount, calls: 1 }),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ caps: { microUsd: 700, tokens: 1_000, activeMs: 3_600_000 } });
      const { gates, budget } = await until(
        () => handle.query(snapshotQuery),
        (snapshot) => snapshot.gates.some(({ kind }) => kind === "budget"),
        "the budget gate",
      );
      expect(gates).toHaveLength(1);
      expect(budget.spent.microUsd).toBe(600);
      await handle.executeUpdate("adjustBudget", { args: [{ usd: 0.01 }] });
      expect(await handle.result()).toMatchObject({
        status: "completed",
        spent: { microUsd: 1_200 },
      });
    });
  });

  it("never passes its cap with an agent that asks for more for ever", async () => {
    const milestone = aMilestone("1", [costs("1.1", 100)]);
    const world = fakeWorld([milestone], {
      runAttempt: async ({ slice }) => ({
        kind: "needs-more",
        ask: { microUsd: 100, tokens: 10 },
        checkpoint: { sha256: "c", bytes: 1, name: "checkpoint" },
        spent: slice.amount,
        calls: 1,
        sleeps: [],
      }),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        milestones: [{ id: "1", title: "First", features: 1 }],
        caps: { microUsd: 450, tokens: 1_000, activeMs: 3_600_000 },
      });
      const { budget } = await until(
        () => handle.query(snapshotQuery),
        (snapshot) => snapshot.gates.some(({ kind }) => kind === "budget"),
        "the budget gate",
      );
      expect(budget.spent.microUsd).toBeLessThanOrEqual(450);
      expect(budget.spent.microUsd).toBeGreaterThanOrEqual(400);
      await handle.executeUpdate("decide", { args: [{ gate: "budget-1", choice: "stop" }] });
      const result = await handle.result();
      expect(result.status).toBe("cancelled");
      expect(result.spent.microUsd).toBeLessThanOrEqual(450);
    });
  });

  it("asks at the alert threshold once, holds new work, and goes on when told to", async () => {
    const milestone = aMilestone("1", [costs("1.1", 850), costs("1.2", 50)]);
    const world = fakeWorld([milestone], {
      runAttempt: async ({ slice }) => done({ spent: slice.amount, calls: 1 }),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        onAlert: "ask",
        atOnce: { code: 1, other: 1 },
        caps: { microUsd: 1_000, tokens: 1_000, activeMs: 3_600_000 },
      });
      const { gates } = await until(
        () => handle.query(snapshotQuery),
        (snapshot) => snapshot.gates.some(({ kind }) => kind === "alert"),
        "the alert gate",
      );
      expect(gates[0]?.options.map(({ choice }) => choice)).toEqual([
        "continue",
        "cheaper",
        "stop",
      ]);
      await handle.executeUpdate("decide", { args: [{ gate: gates[0]?.id, choice: "continue" }] });
      expect((await handle.result()).status).toBe("completed");
    });
    const alerts = world.announced.filter((key) => key.includes("alert"));
    expect(new Set(alerts).size).toBe(alerts.length);
  });

  it("lowered below what is spent stops the work and keeps the account true", async () => {
    const milestone = aMilestone("1", [costs("1.1", 400), costs("1.2", 400)]);
    const world = fakeWorld([milestone], {
      runAttempt: async ({ slice }) => done({ spent: slice.amount, calls: 1 }),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        approved: false,
        atOnce: { code: 1, other: 1 },
        caps: { microUsd: 450, tokens: 1_000, activeMs: 3_600_000 },
      });
      await handle.executeUpdate("approvePlan", { args: [{}] });
      await until(
        () => handle.query(snapshotQuery),
        (snapshot) => snapshot.gates.some(({ kind }) => kind === "budget"),
        "the budget gate",
      );
      const reply = await handle.executeUpdate<{ message: string }, [object]>("adjustBudget", {
        args: [{ usd: 0.0001 }],
      });
      expect(reply.message).toContain("below what is spent");
      await handle.executeUpdate("cancel", { args: [{}] });
      expect(await handle.result()).toMatchObject({ spent: { microUsd: 400 } });
    });
  });

  it("stops attempts when the hours are used up and goes on when more are given", async () => {
    const milestone = aMilestone("1", [aFeature("1.1")]);
    let finish = false;
    const world = fakeWorld([milestone], {
      runAttempt: async () => {
        const { cancellationSignal, Context } = await import("@temporalio/activity");
        while (!finish && !cancellationSignal().aborted) {
          Context.current().heartbeat();
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return finish
          ? done()
          : { kind: "stopped", spent: { microUsd: 0, tokens: 0 }, calls: 0, sleeps: [] };
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        milestones: [{ id: "1", title: "First", features: 1 }],
        caps: { microUsd: 0, tokens: 0, activeMs: 1_500 },
        timings: { heartbeatMs: 2_000, progressMs: 50 },
      });
      const { budget } = await until(
        () => handle.query(snapshotQuery),
        (snapshot) => snapshot.gates.some(({ kind }) => kind === "budget"),
        "the time gate",
      );
      expect(budget.activeMs).toBeGreaterThanOrEqual(1_500);
      finish = true;
      await handle.executeUpdate("adjustBudget", { args: [{ hours: 1 }] });
      expect((await handle.result()).status).toBe("completed");
    });
  });
});
