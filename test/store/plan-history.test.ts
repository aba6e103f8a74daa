import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { notePlan, readPlanVersions } from "../../store/plan-history.js";

let plans: string;
beforeEach(async () => {
  plans = await mkdtemp(join(tmpdir(), "plans-"));
});
afterEach(async () => {
  await rm(plans, { recursive: true });
});

const record = { missionId: "m-20260801-abc123", planHash: "a", createdAt: "2026-08-01T10:00:00Z" };
const by = { who: "ann", from: "cli" };
const at = "2026-08-02T10:00:00Z";
const versions = async () =>
  (await readPlanVersions(plans, record)).map(({ n, planHash, why }) => [n, planHash, why]);

describe("the versions of a plan", () => {
  it("begin with the plan of the record", async () => {
    expect(await versions()).toEqual([[1, "a", "as the mission began"]]);
    await notePlan(plans, record, { planHash: "b", at, by, why: "more" });
    expect(await versions()).toEqual([
      [1, "a", "as the mission began"],
      [2, "b", "more"],
    ]);
    expect((await readPlanVersions(plans, record))[1]).toMatchObject({ at, by });
  });

  it("count a plan once that is noted by who sent it and by who wrote it down, in either order", async () => {
    await notePlan(plans, record, { planHash: "b", at, by, why: "more" });
    await notePlan(plans, record, { planHash: "b", at });
    await notePlan(
      plans,
      { ...record, planHash: "b" },
      { planHash: "c", at, by: { who: "x", from: "web-ui" } },
    );
    await notePlan(plans, record, { planHash: "c", at, by, why: "less" });
    expect((await versions()).slice(1)).toEqual([
      [2, "b", "more"],
      [3, "c", "less"],
    ]);
    expect((await readPlanVersions(plans, record))[2]?.by).toEqual(by);
  });

  it("count a plan again that is gone back to", async () => {
    await notePlan(plans, record, { planHash: "b", at });
    await notePlan(plans, record, { planHash: "a", at, why: "back to version 1 of the plan" });
    expect(await versions()).toEqual([
      [1, "a", "as the mission began"],
      [2, "b", undefined],
      [3, "a", "back to version 1 of the plan"],
    ]);
  });

  it("survive a torn line", async () => {
    await notePlan(plans, record, { planHash: "b", at });
    const path = join(plans, `${record.missionId}.jsonl`);
    await appendFile(path, '{"planHash":"c","a');
    await notePlan(plans, record, { planHash: "d", at });
    expect((await versions()).map(([, planHash]) => planHash)).toEqual(["a", "b", "d"]);
    expect((await readFile(path, "utf8")).split("\n")).toHaveLength(5);
  });
});
