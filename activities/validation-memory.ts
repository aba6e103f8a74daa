/** What commands said on the base of a milestone, so that they run there once for all rounds. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { BaseRun } from "../domain/validation-findings.js";
import { openEntries } from "../store/kept-entries.js";

const KEPT = 1_000;

/** @param folder the engine's own. */
export async function openBaseMemory(folder: string, commit: string) {
  const entries = await openEntries<BaseRun>(join(folder, "on-base.json"), KEPT);
  const keyOf = (what: string) =>
    createHash("sha256").update(`${commit}\n${what}`).digest("hex").slice(0, 32);
  return {
    of: (what: string): BaseRun | undefined => entries.get(keyOf(what)),
    keep: (what: string, run: BaseRun): Promise<void> => entries.keep(keyOf(what), run),
  };
}
