/** Checks that a change weakened: the check sets of two commits or trees, compared. */
import type { Finding } from "../domain/findings.js";
import type { Check } from "../domain/plan.js";
import type { Git } from "../store/git.js";
import { readChangedTexts } from "./changed-texts.js";
import { compareChecks } from "./compared-checks.js";

export interface LieSearch {
  /** The engine's repository. */
  gitDir: string;
  /** Commits or trees. */
  base: string;
  head: string;
  /** Path prefixes that the plan lets the change rewrite: of a feature, or of all features of a milestone. */
  rewrites: readonly string[];
  checks: readonly Check[];
  /** Further commands that must pass, as the plan's `tests`. */
  tests?: readonly string[] | undefined;
}

/** Changes nothing; may be repeated. @returns the worst first. @throws GitFailure */
export async function findLies(
  { git }: { git: Git },
  { gitDir, base, head, rewrites, checks, tests = [] }: LieSearch,
): Promise<Finding[]> {
  if (base === "" || base === head) return [];
  const runs = checks.flatMap(({ verify }) => (verify.method === "bash" ? [verify.run] : []));
  const commands = [...runs, ...tests];
  const files = await readChangedTexts(git, gitDir, { base, head, commands });
  return files.length === 0 ? [] : compareChecks({ files, commands }, rewrites);
}
