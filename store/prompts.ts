/** Prompts by role: one file each, ours in templates/prompts, a person's own in the home's `prompts` before it. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT, Problem } from "../domain/problem.js";
import { isMissing } from "./files.js";

export const PROMPT_ROLES = [
  "orchestrator",
  "classify",
  "replan",
  "worker",
  "review",
  "judge",
  "agent",
] as const;
export type PromptRole = (typeof PROMPT_ROLES)[number];

export interface PromptFolders {
  /** `templates/prompts` of this package. */
  templates: string;
  /** `prompts` in the home of missions. */
  overrides: string;
}

export interface Prompt {
  text: string;
  /** Kept with what was made by it. */
  sha256: string;
}

const LARGEST_BYTES = 100_000;

/** Reads the file anew each time: a prompt may be mended while missions run. @throws Problem for one that cannot be used. */
export async function readPrompt(folders: PromptFolders, role: PromptRole): Promise<Prompt> {
  const own = join(folders.overrides, `${role}.md`);
  const found = await readFile(own).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw unusable(own, "cannot be read", error);
  });
  const bytes = found ?? (await readFile(join(folders.templates, `${role}.md`)));
  if (bytes.byteLength > LARGEST_BYTES)
    throw unusable(own, `is larger than ${LARGEST_BYTES} bytes`);
  const text = bytes.toString("utf8");
  if (text.trim() === "") throw unusable(own, "is empty");
  return { text, sha256: createHash("sha256").update(bytes).digest("hex") };
}

const unusable = (path: string, what: string, cause?: unknown) =>
  new Problem(
    EXIT.noModel,
    `The prompt ${path} ${what}.`,
    "Mend it, or remove it to use the one that comes with missions.",
    cause,
  );
