import { readdir, rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { runStart } from "../../../client/commands/start.js";
import { EXIT } from "../../../domain/problem.js";
import { aContext, type TestContext } from "../plan-gate/a-context.js";

let test: TestContext;
beforeEach(async () => {
  test = await aContext();
});
afterEach(() => rm(test.root, { recursive: true }));

describe("a headless start", () => {
  it.each([
    ["money", { budget: 0 }],
    ["hours", { hours: 0 }],
    ["tokens", { tokens: 0 }],
  ])("with no %s is refused before anything is planned or made", async (_, given) => {
    const start = runStart(test.context, ["Build a CRM"], { headless: true, ...given });
    await expect(start).rejects.toMatchObject({ exitCode: EXIT.badInput });
    expect(await readdir(test.root).catch(() => [])).toEqual([]);
  });

  it("with an agent that is not installed is refused before anything is planned", async () => {
    const start = runStart(test.context, ["Build a CRM"], { headless: true, agent: "opencode" });
    await expect(start).rejects.toMatchObject({
      exitCode: EXIT.environment,
      message: expect.stringContaining("opencode is not on this machine"),
    });
  });
});
