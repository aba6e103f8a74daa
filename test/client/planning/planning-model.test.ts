import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { orchestratorIn, planningModel } from "../../../client/planning/planning-model.js";
import { writeWhole } from "../../../store/files.js";
import { aContext, type RecordedContext } from "../a-context.js";

describe("the model that plans", () => {
  let root: string;
  let context: RecordedContext;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "planning-model-"));
    context = aContext(root);
  });
  afterEach(() => rm(root, { recursive: true }));

  it("is the orchestrator's, else the thinking tier's, else the workers'", () => {
    const tiers = { thinking: "a/thinking" };
    expect(orchestratorIn({ orchestrator: "a/o", tiers, workers: "a/w" })).toBe("a/o");
    expect(orchestratorIn({ tiers, workers: "a/w" })).toBe("a/thinking");
    expect(orchestratorIn({ workers: "a/w" })).toBe("a/w");
    expect(orchestratorIn({})).toBeUndefined();
  });

  it("is nobody's where none is named, without a word", async () => {
    expect(await planningModel(context)).toBeUndefined();
    expect(context.notes).toEqual([]);
  });

  it("that is named and cannot plan is told, with what to do", async () => {
    await writeWhole(
      context.paths.settings,
      "routing: {orchestrator: anthropic/claude-opus-4-5}\n",
    );
    expect(await planningModel(context)).toBeUndefined();
    expect(context.notes).toEqual([
      expect.stringMatching(/^anthropic\/claude-opus-4-5 cannot plan: .*key set anthropic/),
    ]);
  });
});
