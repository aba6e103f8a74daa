import { describe, expect, it } from "@jest/globals";
import { Client, Connection } from "@temporalio/client";
import { createQueuePort } from "../../../activities/adapters/open-missions.js";
import { createQueueActivities } from "../../../activities/queue.js";
import { ensurePulse, readPulse, repairPulse } from "../../../client/queue/pulse-schedule.js";
import { PULSE_SCHEDULE_ID, type PulseResult } from "../../../domain/queue.js";
import { snapshotQuery } from "../../../workflows/messages.js";
import { attendedWork } from "../../helpers/attended-work.js";
import { aFeature, aMilestone, fakeWorld } from "../../helpers/fake-activities.js";
import {
  TEST_QUEUE,
  testAddress,
  testNamespace,
  until,
  withWorker,
  type MissionHandle,
  type TestBench,
} from "../../helpers/with-worker.js";

const milestone = aMilestone("1", [aFeature("1.1")]);
const milestones = [{ id: "1", title: "First", features: 1 }];
const statusOf = async (handle: MissionHandle) => (await handle.query(snapshotQuery)).status;
const becomes = (handle: MissionHandle, wanted: string) =>
  until(
    () => statusOf(handle),
    (status) => status === wanted,
    wanted,
  );
const isMissing = async (client: Client, id: string) =>
  client.workflow
    .getHandle(id)
    .describe()
    .then(
      () => false,
      () => true,
    );

/** A worker whose pulse asks the real server; the missions of this test file are on a task queue of their own. */
async function withQueue(
  work: ReturnType<typeof attendedWork>,
  body: (bench: TestBench) => Promise<void>,
) {
  const connection = await Connection.connect({ address: testAddress() });
  try {
    const client = new Client({ connection, namespace: testNamespace() });
    const queue = createQueueActivities({ queue: createQueuePort(client) });
    const world = fakeWorld([milestone], { runAttempt: work.runAttempt, ...queue });
    await withWorker(world.activities, body);
  } finally {
    await connection.close();
  }
}
const pulse = ({ client }: TestBench, maxRunning: number) =>
  client.workflow.execute("pulseWorkflow", {
    workflowId: `pulse-${TEST_QUEUE}`,
    taskQueue: TEST_QUEUE,
    args: [{ maxRunning }],
  }) as Promise<PulseResult>;
const listed = (bench: TestBench, status: string, count: number) =>
  until(
    async () => {
      const query = `TaskQueue = "${TEST_QUEUE}" AND MissionStatus = "${status}" AND ExecutionStatus = "Running"`;
      return (await bench.client.workflow.count(query)).count;
    },
    (found) => found === count,
    `${count} listed as ${status}`,
  );

describe("a queued mission", () => {
  it("opens its account and starts nothing until a person resumes it", async () => {
    const work = attendedWork();
    work.finish();
    await withQueue(work, async ({ start, client }) => {
      const handle = await start({ queued: true, milestones });
      await becomes(handle, "queued");
      await until(
        () => isMissing(client, `${handle.workflowId}/budget`),
        (missing) => !missing,
        "the guard",
      );
      expect(await isMissing(client, `${handle.workflowId}/1`)).toBe(true);
      const reply = await handle.executeUpdate<{ message: string }, [object]>("resume", {
        args: [{}],
      });
      expect(reply.message).toContain("ahead of the queue");
      expect((await handle.result()).status).toBe("completed");
    });
    expect(work.begun).toEqual(["1.1"]);
  });

  it("keeps its place through a pause, and can be cancelled where it waits", async () => {
    const work = attendedWork();
    await withQueue(work, async ({ start }) => {
      const handle = await start({ queued: true, milestones });
      await handle.executeUpdate("pause", { args: [{}] });
      expect(await statusOf(handle)).toBe("paused");
      await handle.executeUpdate("resume", { args: [{}] });
      expect(await statusOf(handle)).toBe("queued");
      await handle.executeUpdate("cancel", { args: [{}] });
      expect((await handle.result()).status).toBe("cancelled");
    });
    expect(work.begun).toEqual([]);
  });

  it("can be queued at its plan gate", async () => {
    const work = attendedWork();
    await withQueue(work, async ({ start }) => {
      const handle = await start({ approved: false, milestones });
      await handle.executeUpdate("decide", { args: [{ gate: "plan", choice: "queue" }] });
      expect(await statusOf(handle)).toBe("queued");
      await handle.signal("begin");
      work.finish();
      expect((await handle.result()).status).toBe("completed");
    });
  });
});

describe("the pulse", () => {
  it("starts the oldest within the places there are, also when it beats twice at once", async () => {
    const work = attendedWork();
    await withQueue(work, async (bench) => {
      const first = await bench.start({ queued: true, milestones });
      await listed(bench, "queued", 1);
      const second = await bench.start({ queued: true, milestones });
      const third = await bench.start({ queued: true, milestones });
      await listed(bench, "queued", 3);
      const beats = [await pulse(bench, 1), await pulse(bench, 1)];
      expect(beats[0]?.begun).toEqual([first.workflowId.slice("mission/".length)]);
      await becomes(first, "active");
      await listed(bench, "active", 1);
      expect(await pulse(bench, 1)).toMatchObject({ begun: [], running: 1, queued: 2 });
      expect([await statusOf(second), await statusOf(third)]).toEqual(["queued", "queued"]);
      work.finish();
      await first.result();
      await listed(bench, "active", 0);
      await pulse(bench, 2);
      expect((await second.result()).status).toBe("completed");
      expect((await third.result()).status).toBe("completed");
    });
    expect(work.begun).toHaveLength(3);
  });

  it("is one schedule on the server, however often it is asked for", async () => {
    const work = attendedWork();
    work.finish();
    await withQueue(work, async ({ client, start }) => {
      const schedule = client.schedule.getHandle(PULSE_SCHEDULE_ID);
      try {
        const handle = await start({ queued: true, milestones });
        await listed({ client, start }, "queued", 1);
        expect(await ensurePulse(client, { taskQueue: TEST_QUEUE })).toMatchObject({
          maxRunning: 2,
          paused: false,
        });
        await ensurePulse(client, { taskQueue: TEST_QUEUE });
        expect((await ensurePulse(client, { maxRunning: 5 })).maxRunning).toBe(5);
        expect(await readPulse(client)).toEqual({ maxRunning: 5, paused: false });
        expect(await repairPulse(client)).toBe(false);
        const { spec, action } = await schedule.describe();
        expect(spec.intervals?.map(({ every }) => every)).toEqual([60_000]);
        expect(action.taskQueue).toBe(TEST_QUEUE);
        await schedule.trigger();
        expect((await handle.result()).status).toBe("completed");
      } finally {
        await schedule.delete();
      }
      expect(await readPulse(client)).toBeUndefined();
    });
  });
});
