import { describe, expect, it } from "@jest/globals";
import type { GateKind } from "../../../domain/mission.js";
import { snapshotQuery, type MissionInput } from "../../../workflows/messages.js";
import { attendedWork } from "../../helpers/attended-work.js";
import { aFeature, aMilestone, fakeWorld } from "../../helpers/fake-activities.js";
import {
  TEST_HOST_QUEUE,
  until,
  withWorker,
  type MissionHandle,
} from "../../helpers/with-worker.js";

const milestone = aMilestone("1", [aFeature("1.1"), aFeature("1.2")]);
const oneByOne: Partial<MissionInput> = {
  atOnce: { code: 1, other: 1 },
  timings: { heartbeatMs: 1_500, progressMs: 50, retryMs: 50 },
};
const fromNow = (ms: number) => new Date(Date.now() + ms).toISOString();
const HOUR = 3_600_000;

const adjust = (handle: MissionHandle, change: object) =>
  handle.executeUpdate<{ applied: boolean; message: string }, [object]>("adjustBudget", {
    args: [change],
  });
const gate = async (handle: MissionHandle, kind: GateKind) => {
  const { gates } = await until(
    () => handle.query(snapshotQuery),
    (snapshot) => snapshot.gates.some((open) => open.kind === kind),
    `a ${kind} gate`,
  );
  const found = gates.find((open) => open.kind === kind);
  if (found === undefined) throw new Error("it was there");
  return found;
};
const told = (handle: MissionHandle, text: string) =>
  until(
    () => handle.query(snapshotQuery),
    ({ story }) => story.some((line) => line.text.includes(text)),
    text,
  );
const hasBegun = (work: ReturnType<typeof attendedWork>, count: number) =>
  until(
    async () => work.begun.length,
    (begun) => begun >= count,
    `${count} attempts`,
  );

/** Activities and signals to others, by name. */
const stepsOf = ({ events }: Awaited<ReturnType<MissionHandle["fetchHistory"]>>) =>
  (events ?? []).map(
    (event) =>
      event.activityTaskScheduledEventAttributes?.activityType?.name ??
      event.signalExternalWorkflowExecutionInitiatedEventAttributes?.signalName ??
      "",
  );

describe("the deadline of a mission", () => {
  it("lets what runs finish, starts nothing more, and work goes on when it is moved", async () => {
    const work = attendedWork();
    const world = fakeWorld([milestone], { runAttempt: work.runAttempt });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(oneByOne);
      await hasBegun(work, 1);
      const { message } = await adjust(handle, {
        deadline: fromNow(300),
        deadlineZone: "Europe/Berlin",
      });
      expect(message).toMatch(/^The deadline is now \w{3} [\d-]{10} \d\d:\d\d Europe\/Berlin, /);
      await told(handle, "The deadline has passed: what runs uses up its slice");
      work.finish();
      const { question } = await gate(handle, "budget");
      expect(question).toContain("the deadline has passed. Move the deadline");
      expect(question).toMatch(/npx missions adjust-budget m-\S+ --deadline "in 3 days"/);
      expect(work.begun).toEqual(["1.1"]);
      expect(work.stopped).toEqual([]);
      await adjust(handle, { deadline: fromNow(HOUR) });
      expect((await handle.result()).status).toBe("completed");
      expect((await handle.query(snapshotQuery)).gates).toEqual([]);
    });
    expect(work.begun).toEqual(["1.1", "1.2"]);
    expect(world.files.at(-1)?.deadline).toMatch(/Z$/);
  });

  it("ends what runs where that was asked for, and no attempt begins after it", async () => {
    const work = attendedWork();
    const world = fakeWorld([milestone], { runAttempt: work.runAttempt });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ ...oneByOne, deadline: fromNow(HOUR), atDeadline: "stop" });
      await hasBegun(work, 1);
      await adjust(handle, { deadline: fromNow(300) });
      await gate(handle, "budget");
      await until(
        async () => work.stopped,
        (stopped) => stopped.includes("1.1"),
        "1.1 stopped",
      );
      expect(work.begun).toEqual(["1.1"]);
      work.finish();
      await adjust(handle, { deadline: null });
      expect((await handle.result()).status).toBe("completed");
      expect((await handle.query(snapshotQuery)).deadline).toBeUndefined();
    });
  });

  it("asks where that was asked for; a moved one closes the question and work goes on", async () => {
    const work = attendedWork();
    const world = fakeWorld([milestone], { runAttempt: work.runAttempt });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ ...oneByOne, atDeadline: "ask" });
      await hasBegun(work, 1);
      await adjust(handle, { deadline: fromNow(300) });
      const { options, question } = await gate(handle, "deadline");
      expect(options.map(({ choice }) => choice)).toEqual(["finish", "stop"]);
      expect(question).toContain("--deadline");
      expect((await handle.query(snapshotQuery)).status).toBe("blocked");
      await adjust(handle, { deadline: fromNow(HOUR) });
      const { gates } = await handle.query(snapshotQuery);
      expect(gates.filter(({ kind }) => kind === "deadline")).toEqual([]);
      work.finish();
      expect((await handle.result()).status).toBe("completed");
    });
    expect(work.stopped).toEqual([]);
  });

  it("asked about can be answered by finishing what runs, and then asks about what waits", async () => {
    const work = attendedWork();
    const world = fakeWorld([milestone], { runAttempt: work.runAttempt });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ ...oneByOne, atDeadline: "ask" });
      await hasBegun(work, 1);
      await adjust(handle, { deadline: fromNow(300) });
      const asked = await gate(handle, "deadline");
      await handle.executeUpdate("decide", { args: [{ gate: asked.id, choice: "finish" }] });
      work.finish();
      const waiting = await gate(handle, "budget");
      expect((await handle.query(snapshotQuery)).deadline?.atDeadline).toBe("finish");
      expect(work.begun).toEqual(["1.1"]);
      await handle.executeUpdate("decide", { args: [{ gate: waiting.id, choice: "stop" }] });
      expect((await handle.result()).status).toBe("cancelled");
    });
  });

  it("that had passed before the start lets nothing begin", async () => {
    const work = attendedWork();
    const world = fakeWorld([milestone], { runAttempt: work.runAttempt });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ ...oneByOne, deadline: fromNow(-HOUR) });
      await gate(handle, "budget");
      expect(work.begun).toEqual([]);
      work.finish();
      await adjust(handle, { deadline: fromNow(HOUR) });
      expect((await handle.result()).status).toBe("completed");
    });
  });

  it.each([
    ["was known before", "finish"],
    ["was known before", "stop"],
    ["is set meanwhile", "finish"],
    ["is set meanwhile", "stop"],
  ] as const)(
    "that %s and passes while a workspace is made lets no attempt begin in it: %s",
    async (when, atDeadline) => {
      const work = attendedWork();
      work.finish();
      let isMade = false;
      const world = fakeWorld([milestone], {
        runAttempt: work.runAttempt,
        prepareWorkspace: async ({ feature }) => {
          while (!isMade) await new Promise((resolve) => setTimeout(resolve, 20));
          const name = feature.featureId;
          return { hostId: "test", hostQueue: TEST_HOST_QUEUE, name, baseCommit: "b" };
        },
      });
      await withWorker(world.activities, async ({ start, client }) => {
        const patient = { ...oneByOne.timings, heartbeatMs: 60_000 };
        const deadline = when === "was known before" ? { deadline: fromNow(5_000) } : {};
        const handle = await start({ ...oneByOne, timings: patient, atDeadline, ...deadline });
        await until(
          async () => world.calls,
          (calls) => calls.includes("prepareWorkspace 1.1"),
        );
        if (when === "is set meanwhile") await adjust(handle, { deadline: fromNow(300) });
        await told(handle, "The deadline has passed");
        await gate(handle, "budget");
        isMade = true;
        const feature = client.workflow.getHandle(`${handle.workflowId}/1/1.1`);
        const did = await until(
          async () => stepsOf(await feature.fetchHistory()),
          (steps) => steps.includes("requestSlices") || steps.includes("runAttempt"),
          "the next step of 1.1",
        );
        expect(did).not.toContain("runAttempt");
        await adjust(handle, { deadline: fromNow(HOUR) });
        expect((await handle.result()).status).toBe("completed");
      });
    },
  );

  it("far ahead does not hide that the hours are used up", async () => {
    const work = attendedWork();
    const world = fakeWorld([milestone], { runAttempt: work.runAttempt });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        ...oneByOne,
        deadline: fromNow(HOUR),
        caps: { microUsd: 0, tokens: 0, activeMs: 1_500 },
      });
      await until(
        async () => work.stopped,
        (stopped) => stopped.length > 0,
        "the end of the attempt",
      );
      await gate(handle, "budget");
      work.finish();
      await adjust(handle, { hours: 1 });
      expect((await handle.result()).status).toBe("completed");
    });
  });

  it("that has passed does not hide it either from what may finish", async () => {
    const work = attendedWork();
    const world = fakeWorld([milestone], { runAttempt: work.runAttempt });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        ...oneByOne,
        caps: { microUsd: 0, tokens: 0, activeMs: 5_000 },
      });
      await hasBegun(work, 1);
      await adjust(handle, { deadline: fromNow(300) });
      await told(handle, "The deadline has passed: what runs uses up its slice");
      await until(
        async () => work.stopped,
        (stopped) => stopped.length > 0,
        "the end of the attempt",
      );
      await handle.executeUpdate("cancel", { args: [{}] });
      expect((await handle.result()).status).toBe("cancelled");
    });
  });

  it("is refused in a zone that nobody knows", async () => {
    const world = fakeWorld([milestone]);
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({ approved: false });
      const unknown = { deadline: fromNow(HOUR), deadlineZone: "Mars/Tharsis" };
      await expect(adjust(handle, unknown)).rejects.toMatchObject({
        cause: { message: expect.stringContaining("IANA zone") },
      });
      await handle.executeUpdate("cancel", { args: [{}] });
      await handle.result();
    });
  });

  it("given as a span counts from the approval", async () => {
    const world = fakeWorld([milestone]);
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start({
        approved: false,
        deadlineSpanMs: HOUR,
        deadlineZone: "Europe/Berlin",
        atDeadline: "ask",
      });
      await gate(handle, "plan");
      expect((await handle.query(snapshotQuery)).deadline).toBeUndefined();
      const before = Date.now();
      await handle.executeUpdate("approvePlan", { args: [{}] });
      const { deadline } = await handle.query(snapshotQuery);
      expect(deadline).toMatchObject({ zone: "Europe/Berlin", atDeadline: "ask" });
      expect(Date.parse(deadline?.at ?? "")).toBeGreaterThanOrEqual(before + HOUR);
      expect((await handle.result()).status).toBe("completed");
    });
  });

  it.each([["moved"], ["taken away"]])(
    "given as a span and %s before the approval stays as it was then decided",
    async (how) => {
      const world = fakeWorld([milestone]);
      await withWorker(world.activities, async ({ start }) => {
        const handle = await start({ approved: false, deadlineSpanMs: HOUR });
        await gate(handle, "plan");
        const at = fromNow(5 * HOUR);
        await adjust(handle, { deadline: how === "moved" ? at : null });
        await handle.executeUpdate("approvePlan", { args: [{}] });
        const { deadline } = await handle.query(snapshotQuery);
        expect(deadline?.at).toBe(how === "moved" ? at : undefined);
        expect((await handle.result()).status).toBe("completed");
      });
    },
  );
});
