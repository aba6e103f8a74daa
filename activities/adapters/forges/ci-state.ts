/** What all that runs for a commit says together. */
import { cleanLine } from "../../../domain/clean-text.js";
import type { PullRequestState } from "../../../domain/shipping-work.js";

export interface CiRun {
  name: string;
  state: "pending" | "passed" | "failed";
  address?: string | null | undefined;
}

const NAMED = 10;
const LONGEST = 160;

/** One failure decides, at once; else one that still runs holds all. */
export function ciStateOf(runs: readonly CiRun[]): Pick<PullRequestState, "ci" | "failed"> {
  const failed = runs.filter(({ state }) => state === "failed");
  return {
    ci: ciOf(runs, failed.length),
    failed: failed.slice(0, NAMED).map(({ name, address }) => {
      const where = /^https?:\/\/\S+$/.test(address ?? "") ? ` (${address ?? ""})` : "";
      return cleanLine(`${cleanLine(name, 80)}${where}`, LONGEST);
    }),
  };
}

function ciOf(runs: readonly CiRun[], failed: number): PullRequestState["ci"] {
  if (runs.length === 0) return "none";
  if (failed > 0) return "failed";
  return runs.some(({ state }) => state === "pending") ? "pending" : "passed";
}
