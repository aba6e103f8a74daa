/** The plan as the last block of a mission.md; plan-file.ts reads it back. */
import { createHash } from "node:crypto";
import { fenced } from "./markdown-text.js";

export const planText = (planYaml: string) => fenced(planYaml.replace(/\r\n?/g, "\n"), "yaml plan");

/** The same for a block whose line endings an editor or git changed. */
export const planDigest = (block: string) =>
  createHash("sha256").update(block.replace(/\r\n?/g, "\n")).digest("hex");
