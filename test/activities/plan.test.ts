import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ApplicationFailure } from "@temporalio/activity";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPlanActivities, readPlanFeature } from "../../activities/plan.js";
import type { BlobPort } from "../../activities/ports.js";
import { FAILURE } from "../../domain/failures.js";
import { readPlan } from "../../domain/read-plan.js";
import { getBlob, putBlob } from "../../store/blobs.js";
import { canonicalPlanJson } from "../../store/plan-yaml.js";
import { aFeature, aWrittenPlan } from "../helpers/plans.js";

let root = "";
let reads = 0;
let blobs: BlobPort;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "missions-blobs-"));
  reads = 0;
  blobs = {
    put: (content, name) => putBlob(root, content, name),
    get: (sha256) => {
      reads += 1;
      return getBlob(root, sha256);
    },
  };
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function stored(title = "Greetings"): Promise<string> {
  const feature = aFeature({ touches: ["a/"], estimate: { usd: 0.1, tokens: 7 } });
  const second = aFeature({ dependsOn: ["1.1"] });
  const check = { sentence: "It is there.", verify: { method: "person" } };
  const milestones = [{ title: "First", checks: [check], features: [feature, second] }];
  const plan = readPlan(aWrittenPlan({ title, milestones }));
  return (await blobs.put(canonicalPlanJson(plan), "plan.json")).sha256;
}

const failureOf = (reading: Promise<unknown>) =>
  reading.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("reading a stored plan", () => {
  it("gives a milestone's outline with estimates as integers", async () => {
    const { readOutline } = createPlanActivities({ blobs });
    const planHash = await stored();
    const outline = await readOutline({ missionId: "m", planHash, milestoneId: "1" });
    expect(outline).toMatchObject({
      id: "1",
      title: "First",
      checks: 1,
      features: [
        {
          id: "1.1",
          title: "Add a file",
          kind: "code",
          agent: "script",
          dependsOn: [],
          touches: ["a"],
          estimate: { microUsd: 100_000, tokens: 7 },
        },
        {
          id: "1.2",
          title: "Add a file",
          kind: "code",
          agent: "script",
          dependsOn: ["1.1"],
          touches: [],
          estimate: { microUsd: 0, tokens: 0 },
        },
      ],
    });
  });

  it("reads the blob once for many features", async () => {
    const planHash = await stored();
    const features = await Promise.all(
      ["1.1", "1.2", "1.1"].map((id) => readPlanFeature(blobs, planHash, "1", id)),
    );
    expect(features.map(({ id }) => id)).toEqual(["1.1", "1.2", "1.1"]);
    expect(reads).toBe(1);
  });

  it("keeps the plans that were used last", async () => {
    const hashes: string[] = [];
    for (let i = 0; i < 9; i++) hashes.push(await stored(`Plan ${i}`));
    const [first = "", second = ""] = hashes;
    for (const hash of [...hashes.slice(0, 8), first, ...hashes.slice(8)]) {
      await readPlanFeature(blobs, hash, "1", "1.1");
    }
    expect(reads).toBe(9);
    await readPlanFeature(blobs, first, "1", "1.1");
    expect(reads).toBe(9);
    await readPlanFeature(blobs, second, "1", "1.1");
    expect(reads).toBe(10);
  });

  it("fails for good when plan, milestone or feature is not there, and looks again for a plan", async () => {
    const absent = "0".repeat(64);
    const planHash = await stored();
    const failures = [
      await failureOf(readPlanFeature(blobs, absent, "1", "1.1")),
      await failureOf(readPlanFeature(blobs, absent, "1", "1.1")),
      await failureOf(readPlanFeature(blobs, planHash, "2", "1.1")),
      await failureOf(readPlanFeature(blobs, planHash, "1", "2.1")),
    ];
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(ApplicationFailure);
      expect(failure).toMatchObject({ type: FAILURE.missingRecord, nonRetryable: true });
    }
    expect(reads).toBe(3);
  });

  it("takes damaged content for missing", async () => {
    const damaged: BlobPort = { ...blobs, get: async () => Buffer.from("{}") };
    const failure = await failureOf(readPlanFeature(damaged, await stored(), "1", "1.1"));
    expect(failure).toMatchObject({ type: FAILURE.missingRecord, nonRetryable: true });
  });

  it("passes on what a sick store says, so that it is tried again", async () => {
    const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    const sick: BlobPort = { ...blobs, get: () => Promise.reject(full) };
    expect(await failureOf(readPlanFeature(sick, await stored(), "1", "1.1"))).toBe(full);
  });
});
