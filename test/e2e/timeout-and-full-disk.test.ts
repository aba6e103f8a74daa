/** What takes too long is stopped and said so; what does not fit on the disk waits until it does. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sendCommand } from "../../client/missions.js";
import { featureWorkflowId } from "../../domain/ids.js";
import { testAddress } from "../helpers/with-worker.js";
import { openEngine, shownFolder, until, type Engine } from "./engine.js";
import { completedFeatures, recordOf, untilEnded, untilSeen } from "./outcome.js";
import { startFromPlan } from "./start.js";

let engine: Engine;
const mounts: string[] = [];
beforeEach(async () => {
  engine = await openEngine(testAddress());
});
afterEach(async () => {
  for (const folder of mounts.splice(0)) execFileSync("umount", ["-l", folder]);
  await engine.close();
});

const planOf = (commands: string[]) => ({
  title: "Two files",
  goal: "Write two files.",
  budget: { money_usd: 1, time_hours: 1, token_limit: 1000 },
  milestones: [
    {
      title: "One",
      features: [
        { title: "First", touches: ["first"], commands },
        { title: "Second", touches: ["second"], commands: ["echo second > second"] },
      ],
    },
  ],
});

describe("a command that takes longer than it may", () => {
  it("blocks its feature with the true reason, and the mission ends without it", async () => {
    await engine.startWorker();
    const plan = planOf(["echo begun > first", "sleep 600"]);
    const { missionId } = await startFromPlan(engine, plan, { timings: { commandMs: 1_000 } });
    const seen = await untilSeen(
      engine,
      missionId,
      ({ gates }) => gates.some(({ featureId }) => featureId === "1.1"),
      "the gate of the blocked feature",
    );
    const gate = seen.gates.find(({ featureId }) => featureId === "1.1");
    expect(gate?.question).toContain("Command 2 of 2 took longer than 1 s: sleep 600");
    const { by } = engine.context;
    await sendCommand(engine.client, missionId, "skipFeature", { feature: "1.1" }, { by });
    expect(await untilEnded(engine, missionId)).toBe("completed");
    expect(await completedFeatures(await recordOf(engine, missionId))).toEqual(["1.2"]);
  });
});

describe("a full disk below the blob store", () => {
  it("makes the mission wait and retry, and it completes when there is room again", async () => {
    const { blobs } = engine.paths;
    await engine.startWorker();
    const held = join(await shownFolder(engine), "go-on");
    const wait = `until test -e ${held}; do sleep 0.1; done`;
    const isFullForReal = await limitDisk(blobs);
    const { missionId } = await startFromPlan(engine, planOf([wait, "echo first > first"]));
    await untilSeen(
      engine,
      missionId,
      ({ features }) => features.some(({ id, status }) => id === "1.1" && status === "running"),
      "the first feature at work",
    );
    const free = await fillDisk(blobs, isFullForReal);
    await writeFile(held, "");
    const failure = await until(
      () => lastFailure(missionId, "1.1"),
      (found) => found !== undefined,
      "an attempt that fails on the full disk",
    );
    if (isFullForReal) expect(failure).toBe("StoreFull");
    await free();
    expect(await untilEnded(engine, missionId)).toBe("completed");
    expect(await completedFeatures(await recordOf(engine, missionId))).toEqual(["1.1", "1.2"]);
  });
});

/** Type of the failure that an activity of the feature is retried for. */
async function lastFailure(missionId: string, featureId: string): Promise<string | undefined> {
  const id = featureWorkflowId(missionId, "1", featureId);
  const { raw } = await engine.client.workflow.getHandle(id).describe();
  const failures = (raw.pendingActivities ?? []).map(({ lastFailure: failure }) => failure);
  const found = failures.find((failure) => failure !== null && failure !== undefined);
  return found?.applicationFailureInfo?.type ?? found?.message ?? undefined;
}

/** A small file system of its own; false where we may not mount one. */
async function limitDisk(folder: string): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], { stdio: "pipe" });
    mounts.push(folder);
    return true;
  } catch {
    return false;
  }
}

/** Leaves no room; without a file system of its own, a file stands in the folder's place. @returns what makes room again. */
async function fillDisk(folder: string, isOwnDisk: boolean): Promise<() => Promise<void>> {
  if (!isOwnDisk) {
    const aside = `${folder}.aside`;
    await rename(folder, aside);
    await writeFile(folder, "");
    return async () => {
      await rm(folder);
      await rename(aside, folder);
    };
  }
  const filler = join(folder, "filler");
  await writeFile(filler, "");
  for (const size of [65_536, 4_096, 1]) {
    const block = Buffer.alloc(size, 1);
    for (;;) {
      try {
        await writeFile(filler, block, { flag: "a" });
      } catch {
        break;
      }
    }
  }
  return () => rm(filler);
}
