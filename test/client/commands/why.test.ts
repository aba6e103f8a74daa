import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { runList } from "../../../client/commands/list.js";
import { runWhy } from "../../../client/commands/why.js";
import { exitSummary, readExitReports } from "../../../client/exit-reports.js";
import { closingLines, closingOf } from "../../../client/start/closing.js";
import type { Gate } from "../../../domain/mission.js";
import { readPlan } from "../../../domain/read-plan.js";
import { putBlob } from "../../../store/blobs.js";
import { appendFeatureEvent } from "../../../store/feature-record.js";
import { storyBullet } from "../../../store/mission-story.js";
import { aWrittenPlan } from "../../helpers/plans.js";
import { aRun, aValidationReport } from "../../helpers/validation-reports.js";
import { aLine } from "../../store/mission-builders.js";
import { aContext, type TestContext } from "../plan-gate/a-context.js";
import { storeMission } from "../plan-gate/stored-plan.js";

let test: TestContext;
beforeEach(async () => {
  // No server is there.
  test = await aContext({ TEMPORAL_ADDRESS: "127.0.0.1:9" });
});
afterEach(() => rm(test.root, { recursive: true }));

const gate: Gate = {
  id: "milestone-1-3",
  kind: "milestone",
  question: "Milestone 1 did not pass.",
  options: [{ choice: "retry", means: "validate again" }],
  openedAt: "2026-08-01T10:00:00.000Z",
  pauses: true,
  milestoneId: "1",
};

async function aPausedMission() {
  const { paths } = test.context;
  const report = aValidationReport({
    round: 3,
    passed: false,
    findings: [{ id: "check/1.a", severity: "critical", source: "check", what: "It is silent." }],
    accepted: [{ id: "check/1.a", by: "ann, cli" }],
    runs: [
      aRun({ verdict: "failed", ended: "exit 1 in 240 ms", output: "a\n1 of 12 failed\n" }),
      aRun({ id: "1.c", sentence: "It looks good", verdict: "person" }),
    ],
    browser: {
      ...{ verdict: "failed", pages: 1, findings: 1, pictures: [] },
      report: "assets/qa/1/index.html",
    },
    judge: { notAsked: "no key for it" },
  });
  const { sha256 } = await putBlob(paths.blobs, JSON.stringify(report), "report.json");
  const projected = { "exit 1": `${sha256}-12345678 digest`, "milestone 1 status": "blocked" };
  const plan = readPlan(aWrittenPlan());
  const record = await storeMission(test.context, plan, {
    ...{ status: "paused", projected, gates: [gate] },
  });
  const rounds = ["Milestone 1 starts: One", "Milestone 1 did not pass in round 3: 0 of 1"];
  const lines = rounds.map((text, at) => storyBullet(aLine(`m/${at}`, { text })).text);
  await mkdir(record.folder, { recursive: true });
  await writeFile(join(record.folder, "mission.md"), `## Progress\n\n${lines.join("\n")}\n`);
  return record;
}

describe("missions why of a milestone", () => {
  it("says rounds, findings, report, and what it waits for with the command that answers it", async () => {
    const { missionId, folder } = await aPausedMission();
    await runWhy(test.context, ["1"]);
    const { document, lines } = test.answers.at(-1) ?? { document: {}, lines: [] };
    expect(document).toMatchObject({
      milestone: { id: "1", status: "blocked" },
      report: { round: 3 },
      rounds: ["2026-08-01 10:00 UTC Milestone 1 did not pass in round 3: 0 of 1"],
      waits: [{ id: "milestone-1-3" }],
    });
    const text = lines.join("\n");
    for (const said of [
      "Status      blocked",
      "Seen        did not pass in round 3, in 1 s",
      "1.a failed: npm test: exit 1 in 240 ms",
      "  | 1 of 12 failed",
      "Findings    critical: It is silent. Accepted by ann, cli.",
      `Pages       ${join(folder, "assets/qa/1/index.html")}`,
      "Judge       not judged: no key for it",
      "For you     look at 1.c: It looks good",
      "Waits       Milestone 1 did not pass.",
      `npx missions decide ${missionId} milestone-1-3 retry  (validate again)`,
    ])
      expect(text).toContain(said);
    expect(text).not.toContain("Milestone 1 starts");
  });

  it("says of one that nobody has looked at that it is not validated", async () => {
    await storeMission(test.context, readPlan(aWrittenPlan()));
    await runWhy(test.context, ["1"]);
    expect(test.answers.at(-1)?.lines.join("\n")).toContain("Seen        not validated yet");
  });
});

describe("missions why of a feature", () => {
  it("names the report of its look, as a person opens it", async () => {
    const { folder, missionId } = await storeMission(test.context, readPlan(aWrittenPlan()));
    const files = ["assets/qa/1.1/index.html", "assets/qa/1.1/qa-report.json"];
    const { sha256, bytes } = await putBlob(test.context.paths.blobs, "{}", "qa-report.json");
    await appendFeatureEvent(test.context.paths.features, missionId, "1.1", {
      ...{ key: "look/1", at: "2026-08-01T10:00:00.000Z", kind: "look", verdict: "failed" },
      ...{ summary: "1 page", report: { sha256, bytes, name: "qa-report.json" }, files },
    });
    await runWhy(test.context, ["1.1"]);
    const page = join(folder, "assets/qa/1.1/index.html");
    expect(test.answers.at(-1)).toMatchObject({
      document: { pages: [page] },
      lines: expect.arrayContaining([`Pages       ${page}`]),
    });
  });
});

describe("missions list", () => {
  it("says of an open mission what it waits for, also without a server", async () => {
    const { missionId } = await aPausedMission();
    await runList(test.context);
    const { lines } = test.answers.at(-1) ?? { lines: [] };
    expect(lines.slice(-2)).toEqual([
      `${missionId} waits for you: Milestone 1 did not pass.`,
      `  npx missions status ${missionId}`,
    ]);
  });
});

describe("the end of a mission on the screen", () => {
  it("names the Exit reports, what was accepted, and the report on the pages", async () => {
    const record = await aPausedMission();
    const reports = await readExitReports(test.context.paths, record);
    const pages = join(record.folder, "assets/qa/1/index.html");
    expect(reports.map((each) => exitSummary(each, record.folder))).toEqual([
      { milestone: "1", passed: false, round: 3, accepted: 1, unseen: 1, pages },
    ]);
    const lines = closingLines(closingOf(record, undefined, undefined, reports));
    expect(lines).toContain(
      "Validated   milestone 1 did not pass in round 3, 1 accepted finding, 1 check for you to look at",
    );
    expect(lines).toContain(`Pages       ${pages}`);
  });
});
