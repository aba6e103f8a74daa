/** What commands said on the base of a milestone, so that they run there once for all rounds. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { BaseRun } from "../domain/validation-findings.js";
import { readTextIfThere, writeWhole } from "../store/files.js";

const KEPT = 1_000;

/** @param folder the engine's own. A file that cannot be read is begun anew. */
export async function openBaseMemory(folder: string, commit: string) {
  const file = join(folder, "on-base.json");
  const known = await readMemory(file);
  const keyOf = (what: string) =>
    createHash("sha256").update(`${commit}\n${what}`).digest("hex").slice(0, 32);
  return {
    of: (what: string): BaseRun | undefined => known.get(keyOf(what)),
    keep: async (what: string, run: BaseRun): Promise<void> => {
      known.set(keyOf(what), run);
      await writeWhole(file, JSON.stringify([...known].slice(-KEPT)));
    },
  };
}

async function readMemory(file: string): Promise<Map<string, BaseRun>> {
  const text = await readTextIfThere(file);
  try {
    return new Map(JSON.parse(text ?? "[]") as [string, BaseRun][]);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return new Map();
    throw error;
  }
}
