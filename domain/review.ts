/** What a reviewer found, judged by what was really changed. */
import { SEVERITIES, type Severity, worstFirst } from "./findings.js";

export const REVIEW_LIMITS = {
  findings: 40,
  pathCharacters: 400,
  wordsCharacters: 1_500,
  summaryCharacters: 400,
} as const;

/** One thing that a reviewer says is wrong. */
export interface Finding {
  severity: Severity;
  file: string;
  line?: number | undefined;
  what: string;
  why: string;
}

/** `outside`: it speaks of a file that the change does not touch, so it counts as minor whatever it says. */
export interface JudgedFinding extends Finding {
  outside: boolean;
}

/** The worst first. @param files paths of the change. */
export function judgeFindings(
  findings: readonly Finding[],
  files: ReadonlySet<string>,
): JudgedFinding[] {
  const judged = findings.map((finding): JudgedFinding => {
    const file = fileOf(finding.file, files);
    if (file !== undefined) return { ...finding, file, outside: false };
    return { ...finding, severity: "minor", outside: true };
  });
  return worstFirst(judged);
}

/** The changed file that is meant, also where the name is written as in a diff (`b/x`), from the root (`./x`) or with a line. */
function fileOf(said: string, files: ReadonlySet<string>): string | undefined {
  const bare = said.replace(/^\.?\//, "").replace(/:\d+(?::\d+)?$/, "");
  return [said, bare, bare.replace(/^[ab]\//, "")].find((name) => files.has(name));
}

/** "2 critical, 1 major, 3 minor"; "no findings". */
export function countFindings(findings: readonly Finding[]): string {
  const counts = SEVERITIES.map((severity) => ({
    severity,
    n: findings.filter((finding) => finding.severity === severity).length,
  })).filter(({ n }) => n > 0);
  return counts.length === 0
    ? "no findings"
    : counts.map(({ severity, n }) => `${n} ${severity}`).join(", ");
}

/** The findings in words, for the agent that mends them and for people. */
export function reviewText(order: {
  featureId: string;
  round: number;
  commit: string;
  model: string;
  summary: string;
  findings: readonly JudgedFinding[];
}): string {
  const { featureId, round, commit, model, summary, findings } = order;
  return [
    `# Review of feature ${featureId}, round ${round}`,
    `By ${model}, of commit ${commit.slice(0, 12)}: ${countFindings(findings)}.`,
    ...(summary === "" ? [] : [plain(summary)]),
    ...findings.map((finding, n) =>
      [
        `## ${n + 1}. ${finding.severity}: ${plain(finding.what)}`,
        `${plain(finding.file)}${finding.line === undefined ? "" : `, line ${finding.line}`}${finding.outside ? " (not part of the change, so it counts as minor)" : ""}`,
        plain(finding.why),
      ]
        .filter((part) => part !== "")
        .join("\n\n"),
    ),
  ]
    .join("\n\n")
    .concat("\n");
}

/** One line without control characters, so that words of a model cannot pass for headings. */
export const plain = (text: string): string =>
  text
    .replaceAll(/[\p{C}\s]+/gu, " ")
    .replace(/^[#>\s]+/, "")
    .trim();
