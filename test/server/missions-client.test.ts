import { Client, Connection } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listMissions } from "../../client/mission-list.js";
import {
  describe as describeMission,
  features,
  gates,
  result,
  sendCommand,
  snapshot,
  startMission,
} from "../../client/missions.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { aFeature, aMilestone, fakeWorld } from "../helpers/fake-activities.js";
import {
  aMissionInput,
  testAddress,
  TEST_QUEUE,
  testNamespace,
  until,
  withWorker,
} from "../helpers/with-worker.js";

const queue = { taskQueue: TEST_QUEUE };

const by = { who: "tester", from: "test" };
const outlines = [aMilestone("1", [aFeature("1.1"), aFeature("1.2")])];
const codeOf = async (work: Promise<unknown>) => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Problem ? error.exitCode : error;
};

let connection: Connection;
let client: Client;
beforeAll(async () => {
  connection = await Connection.connect({ address: testAddress() });
  client = new Client({ connection, namespace: testNamespace() });
});
afterAll(async () => {
  await connection.close();
});

describe("the client library", () => {
  it("starts a mission once, takes it through its plan gate, and tells its end", async () => {
    await withWorker(fakeWorld(outlines).activities, async () => {
      const input = aMissionInput({ approved: false });
      const { missionId } = input;
      expect(await startMission(client, input, queue)).toEqual({ missionId, started: true });
      expect(await startMission(client, input, queue)).toEqual({ missionId, started: false });
      expect((await gates(client, missionId)).map(({ id }) => id)).toEqual(["plan"]);
      expect((await snapshot(client, missionId)).status).toBe("planning");
      const answer = await sendCommand(client, missionId, "approvePlan", {}, { by });
      expect(answer).toMatchObject({ applied: true, confirmed: true });
      expect((await result(client, missionId)).status).toBe("completed");
      expect((await describeMission(client, missionId)).open).toBe(false);
      expect(await features(client, missionId, "1")).toHaveLength(2);
      expect(await startMission(client, input, queue)).toEqual({ missionId, started: false });
    });
  });

  it("applies a repeated command of one id once", async () => {
    await withWorker(fakeWorld(outlines).activities, async () => {
      const input = aMissionInput({ approved: false });
      await startMission(client, input, queue);
      const options = { by, commandId: "again" };
      const first = await sendCommand(client, input.missionId, "steer", { note: "hi" }, options);
      const second = await sendCommand(client, input.missionId, "steer", { note: "hi" }, options);
      expect(second).toEqual(first);
      const { story } = await snapshot(client, input.missionId);
      expect(story.filter(({ text }) => text.startsWith("steer"))).toHaveLength(1);
      await sendCommand(client, input.missionId, "cancel", {}, { by });
      await result(client, input.missionId);
    });
  });

  it("leaves a command with the server when no worker answers, and it applies later", async () => {
    const input = aMissionInput({ approved: false });
    const { missionId } = input;
    await startMission(client, input, queue);
    const answer = await sendCommand(client, missionId, "cancel", {}, { by, waitMs: 300 });
    expect(answer.confirmed).toBe(false);
    expect(answer.message).toMatch(/not yet confirmed/);
    expect(await codeOf(snapshot(client, missionId))).toBe(EXIT.noServer);
    await withWorker(fakeWorld(outlines).activities, async () => {
      expect((await result(client, missionId)).status).toBe("cancelled");
    });
  });

  it("says in one sentence that a mission is unknown or has ended", async () => {
    const unknown = "m-20260101-nobody";
    expect(await codeOf(snapshot(client, unknown))).toBe(EXIT.notFound);
    expect(await codeOf(sendCommand(client, unknown, "pause", {}, { by }))).toBe(EXIT.notFound);
    await withWorker(fakeWorld(outlines).activities, async ({ start }) => {
      const handle = await start({});
      await handle.result();
      const missionId = handle.workflowId.replace("mission/", "");
      expect(await codeOf(sendCommand(client, missionId, "pause", {}, { by }))).toBe(EXIT.notNow);
      expect(await codeOf(sendCommand(client, missionId, "pause", {}, { by, waitMs: 1 }))).toBe(
        EXIT.notNow,
      );
    });
  });

  it("lists missions of the server that this host has no record of", async () => {
    const state = await mkdtemp(join(tmpdir(), "state-"));
    try {
      await withWorker(fakeWorld(outlines).activities, async () => {
        const input = aMissionInput({});
        await startMission(client, input, queue);
        await result(client, input.missionId);
        const [entry] = await until(
          async () =>
            (await listMissions(state, client)).filter(
              ({ missionId }) => missionId === input.missionId,
            ),
          ([found]) => found?.onServer === "ended",
          "the mission in the list",
        );
        expect(entry).toMatchObject({ status: "completed", featuresTotal: 2 });
      });
      expect(await listMissions(state, undefined)).toEqual([]);
    } finally {
      await rm(state, { recursive: true });
    }
  });
});
