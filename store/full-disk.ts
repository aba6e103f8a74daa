/** Whether something failed because a disk has no room, whoever met it: Node, git, or an error that wraps theirs. */
import { systemCode } from "./files.js";
import { GitFailure } from "./git.js";

/** git says of a file that it could not write to the end only this. */
const SAID = /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded|unable to write file/;

export function isDiskFull(error: unknown): boolean {
  let at: unknown = error;
  for (let depth = 0; at !== undefined && at !== null && depth < 5; depth += 1) {
    const code = systemCode(at);
    if (code === "ENOSPC" || code === "EDQUOT") return true;
    if (SAID.test(at instanceof GitFailure ? at.stderr : messageOf(at))) return true;
    at = typeof at === "object" && "cause" in at ? at.cause : undefined;
  }
  return false;
}

/** By shape: errors may come from another realm. */
const messageOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "message" in error ? String(error.message) : "";
