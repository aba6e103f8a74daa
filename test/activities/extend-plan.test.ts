import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDiagnosisActivities } from "../../activities/diagnosis.js";
import { createExtendPlanActivities } from "../../activities/extend-plan.js";
import { readPlanMilestone } from "../../activities/plan.js";
import type { BlobPort } from "../../activities/ports.js";
import { readPlan } from "../../domain/read-plan.js";
import { getBlob, putBlob } from "../../store/blobs.js";
import { canonicalPlanJson } from "../../store/plan-yaml.js";
import { aWrittenPlan } from "../helpers/plans.js";
import { aRun, aValidationReport } from "../helpers/validation-reports.js";

let root = "";
let blobs: BlobPort;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "missions-extend-"));
  blobs = {
    put: (content, name) => putBlob(root, content, name),
    get: (sha256) => getBlob(root, sha256),
  };
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const what = "The service says sk-secret and nothing else";
const report = aValidationReport({
  passed: false,
  findings: [{ id: "check/1.a", severity: "critical", source: "check", what }],
  runs: [aRun({ verdict: "failed" })],
});
const storedReport = () => blobs.put(JSON.stringify(report), "validation-1-1.json");
async function storedPlan(agent: object): Promise<string> {
  const features = [{ title: "Serve", ...agent }];
  const plan = readPlan(aWrittenPlan({ milestones: [{ title: "First", features }] }));
  return (await blobs.put(canonicalPlanJson(plan), "plan.json")).sha256;
}

describe("extending a plan by a fix", () => {
  it("stores a plan with one feature more, the same however often it is asked", async () => {
    const { extendPlan } = createExtendPlanActivities({ blobs });
    const planHash = await storedPlan({ brief: "Serve." });
    const change = { kind: "fix" as const, round: 1, report: await storedReport() };
    const input = { missionId: "m", planHash, milestoneId: "1", change };
    const outcome = await extendPlan(input);
    expect(outcome).toMatchObject({ kind: "extended", added: ["1.fix-1"], removed: [] });
    expect(await extendPlan(input)).toEqual(outcome);
    if (outcome.kind !== "extended") return;
    const { features } = await readPlanMilestone(blobs, outcome.planHash, "1");
    expect(features.map(({ id }) => id)).toEqual(["1.1", "1.fix-1"]);
  });

  it("says why where nobody can mend it, and fails for good without the report", async () => {
    const { extendPlan } = createExtendPlanActivities({ blobs });
    const planHash = await storedPlan({ commands: ["true"] });
    const change = { kind: "fix" as const, round: 1, report: await storedReport() };
    const input = { missionId: "m", planHash, milestoneId: "1", change };
    expect(await extendPlan(input)).toMatchObject({ kind: "impossible" });
    const gone = { ...change, report: { ...change.report, sha256: "0".repeat(64) } };
    await expect(extendPlan({ ...input, change: gone })).rejects.toMatchObject({
      type: "MissingRecord",
      nonRetryable: true,
    });
  });
});

describe("the diagnosis", () => {
  it("is made from the stored reports, without secrets, also where one is gone", async () => {
    const scrub = (text: string) => text.replaceAll("sk-secret", "[secret]");
    const { diagnoseMilestone } = createDiagnosisActivities({ blobs, scrub });
    const stored = await storedReport();
    const rounds = [
      { round: 1, summary: "It was red.", report: { ...stored, sha256: "0".repeat(64) } },
      { round: 2, summary: "", report: stored },
    ];
    const { question } = await diagnoseMilestone({ missionId: "m", milestoneId: "1", rounds });
    expect(question).toContain("Round 1: It was red.");
    expect(question).toContain("The service says [secret] and nothing else");
  });
});
