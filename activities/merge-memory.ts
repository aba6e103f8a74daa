/** Which tests passed on which commit, so that the head before a merge is not tested again for each that fails. */
import { join } from "node:path";
import { readTextIfThere, writeWhole } from "../store/files.js";
import type { WorkspacePaths } from "../store/workspace-paths.js";

const KEPT_COMMITS = 20;

interface Tested {
  passed: string[];
  failed: string[];
}

/** A file of the engine's own beside the folder of merges; one that cannot be read is begun anew. */
export async function openMemory({ attempt }: WorkspacePaths) {
  const file = join(attempt, "tested.json");
  const known = await readMemory(file);
  return {
    /** True or false by command; what was never run there is missing. */
    of: (commit: string): Record<string, boolean> => {
      const { passed = [], failed = [] } = known.get(commit) ?? {};
      return Object.fromEntries([
        ...passed.map((test) => [test, true] as const),
        ...failed.map((test) => [test, false] as const),
      ]);
    },
    keep: async (commit: string, tested: Tested): Promise<void> => {
      known.delete(commit);
      known.set(commit, tested);
      await writeWhole(file, JSON.stringify([...known].slice(-KEPT_COMMITS)));
    },
  };
}

async function readMemory(file: string): Promise<Map<string, Tested>> {
  const text = await readTextIfThere(file);
  try {
    return new Map(JSON.parse(text ?? "[]") as [string, Tested][]);
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}
