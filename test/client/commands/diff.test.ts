import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { runDiff } from "../../../client/commands/diff.js";
import { readPlan } from "../../../domain/read-plan.js";
import { putBlob } from "../../../store/blobs.js";
import { appendFeatureEvent } from "../../../store/feature-record.js";
import { aWrittenPlan } from "../../helpers/plans.js";
import { aContext, type TestContext } from "../plan-gate/a-context.js";
import { storeMission } from "../plan-gate/stored-plan.js";

let test: TestContext;
beforeEach(async () => {
  test = await aContext();
});
afterEach(() => rm(test.root, { recursive: true }));

async function commit(missionId: string, featureId: string, patch: string) {
  const { paths } = test.context;
  await appendFeatureEvent(paths.features, missionId, featureId, {
    key: `commit/1/${patch}/0`,
    at: "2026-08-01T10:00:00.000Z",
    kind: "commit",
    commit: patch,
    diff: await putBlob(paths.blobs, `${patch}\n`, `${featureId}.diff`),
    files: [],
  });
}

describe("missions diff", () => {
  it("prints of a feature that was done again only the last change, others in the order of the plan", async () => {
    const { missionId } = await storeMission(test.context, readPlan(aWrittenPlan()));
    await commit(missionId, "1.1", "first try");
    await commit(missionId, "1.2", "another feature");
    await commit(missionId, "1.1", "second try");
    await runDiff(test.context, [missionId]);
    expect(test.written).toEqual(["second try\n\nanother feature\n"]);
    await runDiff(test.context, [missionId, "1.1"]);
    expect(test.written.at(-1)).toBe("second try\n");
  });
});
