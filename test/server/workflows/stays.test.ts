/** A feature that is taken by a host which is not its home, and one whose host is lost. */
import { describe, expect, it } from "@jest/globals";
import { NativeConnection, Worker } from "@temporalio/worker";
import type { Activities, ManyHostsActivities } from "../../../activities/contract.js";
import { placementQueue } from "../../../domain/ids.js";
import type { IntegrateInput } from "../../../domain/shipping-work.js";
import type { Placement, PrepareInput } from "../../../domain/work.js";
import { budgetQuery, snapshotQuery, type MissionInput } from "../../../workflows/messages.js";
import { aFeature, aMilestone, done, fakeWorld } from "../../helpers/fake-activities.js";
import {
  TEST_HOST_QUEUE,
  TEST_QUEUE,
  testAddress,
  testNamespace,
  until,
  withWorker,
  type MissionHandle,
  type TestBench,
} from "../../helpers/with-worker.js";

/** Served as well, and not the home's. */
const AWAY_QUEUE = placementQueue(TEST_QUEUE);
const GONE_QUEUE = `${TEST_QUEUE}-gone`;
const blob = (name: string) => ({ sha256: "a".repeat(64), bytes: 1, name });
const base = { place: blob("place"), head: "h", bundles: [{ commit: "h", bundle: blob("whole") }] };

function worldWith(replaced: Partial<Activities>, features = [aFeature("1.1")]) {
  const world = fakeWorld([aMilestone("1", features)], replaced);
  const left: string[] = [];
  const hosts: ManyHostsActivities = {
    publishBase: async () => base,
    leaveHost: async ({ workspace }) => {
      left.push(workspace.hostId);
      return { report: blob("report") };
    },
    takeReport: async () => ({ files: ["scripts/as-at-home.sh"] }),
    liveHosts: async () => ({ hosts: [] }),
  };
  const activities: Activities & ManyHostsActivities = { ...world.activities, ...hosts };
  return { ...world, activities, left };
}

const input: Partial<MissionInput> = {
  homeQueue: TEST_HOST_QUEUE,
  mode: "poc",
  milestones: [{ id: "1", title: "First", features: 1 }],
  timings: {
    progressMs: 50,
    heartbeatMs: 60_000,
    retryMs: 50,
    drainMs: 1_000,
    hostScheduleMs: 1_000,
  },
};

const HOST_WAIT = "waits for a host with a free slot";
const told = async (handle: MissionHandle) =>
  (await handle.query(snapshotQuery)).features.map(({ status, note }) => `${status}: ${note}`);

const AT_HOME = { hostId: "test", hostQueue: TEST_HOST_QUEUE, name: "w", baseCommit: "b" };
const estimate = { microUsd: 1_000, tokens: 1_000 };

/** A host only after `meanwhile`. @param ids of its features. @param held tokens in slices while there is none. */
async function withLateHost(
  replaced: Partial<Activities>,
  { mode, held, ids }: { mode: MissionInput["mode"]; held: number; ids: readonly string[] },
  meanwhile: (handle: MissionHandle) => Promise<void>,
) {
  const spent100 = { spent: { microUsd: 100, tokens: 100 } };
  const features = ids.map((id) => aFeature(id, { estimate }));
  const world = worldWith({ runAttempt: async () => done(spent100), ...replaced }, features);
  const body = async ({ start, client }: TestBench) => {
    const handle = await start({ ...input, mode, atOnce: { code: 2, other: 1 } });
    await meanwhile(handle);
    // The mission hears of totals with the next grant; the guard knows.
    await until(
      () => client.workflow.getHandle(`${handle.workflowId}/budget`).query(budgetQuery),
      ({ reserved }) => reserved.tokens === held,
      "who waits has settled",
    );
    const connection = await NativeConnection.connect({ address: testAddress() });
    const host = await Worker.create({
      connection,
      namespace: testNamespace(),
      taskQueue: AWAY_QUEUE,
      activities: world.activities,
    });
    await host.runUntil(async () => {
      expect((await handle.result()).status).toBe("completed");
    });
    await connection.close();
    expect((await told(handle)).join()).not.toContain("waits");
    const { spent, reserved } = await handle.query(budgetQuery);
    expect([spent.tokens, reserved.tokens]).toEqual([100 * ids.length, 0]);
  };
  await withWorker(world.activities, body, false);
  expect(world.left).toEqual([]);
}

describe("a feature that no host takes", () => {
  it("waits for a free slot with neither slice nor place, and begins when there is one", async () => {
    const waiting = `waiting: ${HOST_WAIT}`;
    const laidOut: (boolean | undefined)[] = [];
    const replaced: Partial<Activities> = {
      prepareWorkspace: async ({ fresh }) => {
        laidOut.push(fresh);
        return AT_HOME;
      },
    };
    const three = { mode: "full", held: 0, ids: ["1.1", "1.2", "1.3"] } as const;
    await withLateHost(replaced, three, async (handle) => {
      // As many as the window holds: another one would only wait as well.
      await until(
        () => told(handle),
        (each) => each.length === 2 && each.every((one) => one === waiting),
        "two wait, the third has not begun",
      );
      // Ended by a person, the wait goes on: no host is there all the same.
      await handle.signal("retryFeature", { feature: "1.1" });
      await until(
        async () => (await handle.query(snapshotQuery)).story,
        (lines) => lines.some(({ text }) => text.startsWith("1.1 waits no longer")),
      );
      await until(
        () => told(handle),
        (each) => each.length === 2 && each[0] === waiting,
      );
    });
    // Once while it waited, and again from what others have merged when it has slice and place.
    expect(laidOut.filter((fresh) => fresh === true)).toHaveLength(2);
  });

  it("keeps its place in the one workspace of a POC mission, which is prepared for nobody else while it is at work", async () => {
    const seen: string[] = [];
    const replaced: Partial<Activities> = {
      prepareWorkspace: async ({ feature }) => {
        seen.push(`prepare ${feature.featureId}`);
        return AT_HOME;
      },
      commitFeature: async ({ feature }) => {
        seen.push(`commit ${feature.featureId}`);
        return { commit: "c", filesChanged: 1, files: [] };
      },
    };
    const isWaiting = ([first]: string[]) => first === `running: ${HOST_WAIT}`;
    // The milestone has asked ahead for the other.
    const poc = { mode: "poc", held: estimate.tokens, ids: ["1.1", "1.2"] } as const;
    await withLateHost(replaced, poc, async (handle) => {
      await until(() => told(handle), isWaiting, "1.1 waits");
    });
    expect([...new Set(seen)]).toEqual(["prepare 1.1", "commit 1.1", "prepare 1.2", "commit 1.2"]);
  });
});

describe("a feature on a host that has never seen the mission", () => {
  it("gets the base from its home, hands its commit over as a bundle, and leaves nothing behind", async () => {
    const orders: PrepareInput[] = [];
    const merged: IntegrateInput[] = [];
    const world = worldWith({
      prepareWorkspace: async (order): Promise<Placement> => {
        orders.push(order);
        const at = { hostId: "away", hostQueue: AWAY_QUEUE, name: "w", baseCommit: "" };
        return order.base === undefined ? { ...at, needs: "base" } : { ...at, baseCommit: "h" };
      },
      commitFeature: async () => ({
        commit: "c",
        filesChanged: 1,
        files: ["scripts/as-away.sh"],
        bundle: blob("c.bundle"),
      }),
      integrateFeature: async (order) => {
        merged.push(order);
        return { kind: "merged", head: "h2" };
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      expect((await (await start({ ...input })).result()).status).toBe("completed");
    });
    expect(orders.map((order) => order.base)).toEqual([undefined, base]);
    expect(orders.every(({ homeQueue }) => homeQueue === TEST_HOST_QUEUE)).toBe(true);
    expect(world.left).toEqual(["away"]);
    expect(merged.map(({ bundle }) => bundle)).toEqual([blob("c.bundle")]);
    const files = world.files.flatMap(({ features }) =>
      features.flatMap((view) => view.files ?? []),
    );
    expect(new Set(files)).toEqual(new Set(["scripts/as-at-home.sh"]));
  });

  it("stays at home where the mission has a plain folder", async () => {
    const queues: (string | undefined)[] = [];
    const world = worldWith({
      prepareWorkspace: async ({ base: published }): Promise<Placement> => {
        const at = { name: "w", baseCommit: "" };
        queues.push(published === undefined ? "asked" : "supplied");
        return queues.length === 1
          ? { ...at, hostId: "away", hostQueue: AWAY_QUEUE, needs: "base" }
          : { ...at, hostId: "home", hostQueue: TEST_HOST_QUEUE };
      },
    });
    const activities = {
      ...world.activities,
      publishBase: async () => ({ ...base, head: "", bundles: [] }),
    };
    await withWorker(activities, async ({ start }) => {
      expect((await (await start({ ...input })).result()).status).toBe("completed");
    });
    expect(queues).toEqual(["asked", "asked"]);
    expect(world.left).toEqual(["away"]);
  });
});

describe("a feature whose host is lost after its agent was done", () => {
  it.each([
    ["goes on with the checks where its files came along", true, 0],
    ["is done again where they did not", false, 1],
  ])("%s", async (_, kept, again) => {
    const orders: PrepareInput[] = [];
    const ran = { gone: 0, home: 0 };
    const world = worldWith({
      prepareWorkspace: async (order): Promise<Placement> => {
        orders.push(order);
        const at = { name: "w", baseCommit: "b" };
        if (orders.length === 1) return { ...at, hostId: "gone", hostQueue: GONE_QUEUE };
        const home = { ...at, hostId: "home", hostQueue: TEST_HOST_QUEUE };
        return kept ? { ...home, kept } : home;
      },
      runAttempt: async () => {
        ran.home += 1;
        return done();
      },
      hostAlive: async () => false,
    });
    await withWorker(world.activities, async ({ start }) => {
      const connection = await NativeConnection.connect({ address: testAddress() });
      const gone: Worker = await Worker.create({
        connection,
        namespace: testNamespace(),
        taskQueue: GONE_QUEUE,
        shutdownGraceTime: 5_000,
        activities: {
          runAttempt: async () => {
            ran.gone += 1;
            gone.shutdown();
            return done();
          },
        },
      });
      const running = gone.run();
      expect((await (await start({ ...input })).result()).status).toBe("completed");
      await running;
      await connection.close();
    });
    expect(orders.map(({ movedFrom }) => movedFrom)).toEqual([undefined, "gone"]);
    expect(ran).toEqual({ gone: 1, home: again });
  });
});
