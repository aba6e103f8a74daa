import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeWhole } from "../../store/files.js";
import { PROMPT_ROLES, readPrompt, type PromptFolders } from "../../store/prompts.js";

let folder = "";
let folders: PromptFolders;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "prompts-"));
  folders = { templates: join(process.cwd(), "templates/prompts"), overrides: folder };
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("readPrompt", () => {
  it.each(PROMPT_ROLES)("has one for the %s, which says what untrusted text is", async (role) => {
    const { text, sha256: hash } = await readPrompt(folders, role);
    expect(text).toContain("`untrusted`");
    expect(hash).toBe(sha256(text));
  });

  it("takes a person's own before ours, from the next call on", async () => {
    const ours = await readPrompt(folders, "orchestrator");
    await writeWhole(join(folder, "orchestrator.md"), "Plan little.\n");
    const own = await readPrompt(folders, "orchestrator");
    expect(own).toEqual({ text: "Plan little.\n", sha256: sha256("Plan little.\n") });
    expect(own.sha256).not.toBe(ours.sha256);
  });

  it.each([
    ["empty", " \n", /is empty/],
    ["huge", "x".repeat(100_001), /larger than/],
  ])("refuses one that is %s, and names it", async (_, text, said) => {
    await writeWhole(join(folder, "worker.md"), text);
    const reading = readPrompt(folders, "worker");
    await expect(reading).rejects.toThrow(said);
    await expect(reading).rejects.toMatchObject({ remedy: expect.stringContaining("remove it") });
  });
});
