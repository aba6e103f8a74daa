/** What is wrong with a milestone, as every part of validation says it. */

export const SEVERITIES = ["critical", "major", "minor"] as const;
/** `critical` and `major` block the milestone. */
export type Severity = (typeof SEVERITIES)[number];

/** Where a finding comes from. `tests`: the repository's own; `lie`: a check that no longer checks; `judge`: a reviewer's eyes. */
export type FindingSource = "check" | "tests" | "lie" | "browser" | "judge" | "engine";

export interface Finding {
  /** Stable for the same fault from round to round: source and what it is about, as `check/1.a`. */
  id: string;
  severity: Severity;
  source: FindingSource;
  /** One sentence. */
  what: string;
  /** File, address or command. */
  where?: string;
}

export const blocks = ({ severity }: Pick<Finding, "severity">): boolean => severity !== "minor";

const RANK: Record<Severity, number> = { critical: 0, major: 1, minor: 2 };

/** The worst first; otherwise as they came. */
export const worstFirst = <T extends Pick<Finding, "severity">>(findings: readonly T[]): T[] =>
  findings.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
