/** Which tests passed on which commit, so that the head before a merge is not tested again for each that fails. */
import { join } from "node:path";
import { openEntries } from "../store/kept-entries.js";
import type { WorkspacePaths } from "../store/workspace-paths.js";

const KEPT_COMMITS = 20;

interface Tested {
  passed: string[];
  failed: string[];
}

/** A file beside the folder of merges. */
export async function openMemory({ attempt }: WorkspacePaths) {
  const { get, keep } = await openEntries<Tested>(join(attempt, "tested.json"), KEPT_COMMITS);
  return {
    /** True or false by command; what was never run there is missing. */
    of: (commit: string): Record<string, boolean> => {
      const { passed = [], failed = [] } = get(commit) ?? {};
      return Object.fromEntries([
        ...passed.map((test) => [test, true] as const),
        ...failed.map((test) => [test, false] as const),
      ]);
    },
    keep,
  };
}
