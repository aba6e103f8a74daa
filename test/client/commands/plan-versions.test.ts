import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { runPlanDiff } from "../../../client/commands/plan-diff.js";
import { runPlanShow } from "../../../client/commands/plan-show.js";
import { editPlan } from "../../../domain/planning/edits.js";
import { EXIT, Problem } from "../../../domain/problem.js";
import { readPlan } from "../../../domain/read-plan.js";
import { writeMissionRecord } from "../../../store/mission-record.js";
import { readPlanText } from "../../../store/plan-file.js";
import { notePlan } from "../../../store/plan-history.js";
import { aWrittenPlan } from "../../helpers/plans.js";
import { aContext, type TestContext } from "../plan-gate/a-context.js";
import { storeMission, storePlan } from "../plan-gate/stored-plan.js";

const first = readPlan(aWrittenPlan());
const second = editPlan(first, [{ kind: "drop", features: ["1.1"] }]);
const by = { who: "ann", from: "cli" };
let test: TestContext;

beforeEach(async () => {
  test = await aContext();
});
afterEach(async () => {
  await rm(test.root, { recursive: true });
});

async function twoVersions() {
  const { context } = test;
  const record = await storeMission(context, first);
  const planHash = await storePlan(context, second);
  const entry = { planHash, at: "2026-08-02T09:30:00.000Z", by, why: "too much" };
  await notePlan(context.paths.plans, record, entry);
  await writeMissionRecord(context.paths.state, { ...record, planHash });
  return record;
}
const said = () => test.answers.at(-1)?.lines.join("\n") ?? "";
async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error: unknown = await work.then(
    () => new Error("no problem"),
    (reason: unknown) => reason,
  );
  if (error instanceof Problem) return error;
  throw error;
}

describe("plan show", () => {
  it("lists the versions with date, who and why, marks the one in force, and shows it", async () => {
    await twoVersions();
    expect(await runPlanShow(test.context, [], {})).toBe(EXIT.ok);
    expect(said()).toMatch(/^ +1 +2026-08-01 10:00 .* as the mission began$/m);
    expect(said()).toMatch(/^\* +2 +2026-08-02 09:30 +ann \(cli\) .* too much$/m);
    expect(said()).toContain("Version 2 of 2:\nGreetings");
    expect(said()).not.toMatch(/^ {2}1\.1 /m);
    expect(test.answers[0]?.document).toMatchObject({ version: 2, plan: second });
  });

  it("shows an earlier version, also as YAML that reads back", async () => {
    await twoVersions();
    await runPlanShow(test.context, ["1"], {});
    expect(said()).toMatch(/Version 1 of 2:[^]*^ {2}1\.1 /m);
    await runPlanShow(test.context, ["abc123", "1"], { yaml: true });
    expect(readPlanText(test.written.join(""), "plan.yaml")).toEqual(first);
    expect((await problemOf(runPlanShow(test.context, ["3"], {}))).exitCode).toBe(EXIT.notFound);
  });
});

describe("plan diff", () => {
  it("shows what the last version changed, or any of any other", async () => {
    await twoVersions();
    expect(await runPlanDiff(test.context, [])).toBe(EXIT.ok);
    expect(said()).toContain("- feature 1.1 Add a file (milestone 1)");
    await runPlanDiff(test.context, ["2", "1"]);
    expect(said()).toContain("+ feature 1.1 Add a file (milestone 1)");
    await runPlanDiff(test.context, ["2", "2"]);
    expect(said()).toContain("Nothing changes.");
  });

  it("says that a plan never changed", async () => {
    await storeMission(test.context, first);
    expect((await problemOf(runPlanDiff(test.context, []))).message).toMatch(/has not changed\.$/);
  });
});
