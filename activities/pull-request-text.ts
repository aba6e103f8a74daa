/** Title and body of a pull request. What agents, plans and commands say stands in it as quoted text, without effect. */
import { cleanLine, cleanText } from "../domain/clean-text.js";
import type { Check } from "../domain/plan.js";
import { escapeInline, fenced, oneLine, shorten } from "../store/markdown-text.js";

const LONGEST_TITLE = 120;
const LONGEST_LINE = 200;
const LONGEST_BODY = 60_000;
const EVIDENCE = 8_000;
const FINDINGS = 12_000;
const DIFFSTAT = 6_000;
const SHOWN_CHECKS = 100;

export interface PullRequestValues {
  missionId: string;
  /** What it is about: a feature's title, or the mission's. */
  title: string;
  featureId?: string;
  checks: readonly Check[];
  /** What the checks left behind; lines "PASS id: ..." or "FAIL id: ..." say which passed. */
  evidence?: string | undefined;
  evidenceHash?: string | undefined;
  reviewSummary?: string | undefined;
  findings?: string | undefined;
  diffstat: string;
  commit: string;
  branch: string;
  base: string;
  /** Features of a mission's own pull request, with what came of them. */
  features?: readonly { id: string; title: string; pullRequest?: string | undefined }[];
}

export function pullRequestTitle({ title, featureId }: PullRequestValues): string {
  const words = shorten(oneLine(cleanLine(title, LONGEST_TITLE * 2)), LONGEST_TITLE);
  return featureId === undefined ? words : `${words} (${featureId})`;
}

/** @param template text with `{names}` of what belongs there. */
export function pullRequestBody(template: string, values: PullRequestValues): string {
  const { missionId, featureId, commit, branch, base } = values;
  const places: Record<string, string> = {
    summary: summaryOf(values),
    checks: checksOf(values),
    review: reviewOf(values),
    changes: values.diffstat === "" ? "None." : quoted(values.diffstat, DIFFSTAT),
    mission: missionId,
    feature: featureId ?? "all",
    commit,
    branch: `\`${branch}\``,
    base: `\`${base}\``,
  };
  const body = template.replace(/\{([a-z]+)\}/g, (whole, name: string) => places[name] ?? whole);
  return cleanText(body, LONGEST_BODY);
}

const summaryOf = ({ featureId, title, features }: PullRequestValues) =>
  features === undefined
    ? `Feature ${plainId(featureId ?? "")}: ${inline(title)}`
    : [
        `Mission: ${inline(title)}`,
        "",
        ...features.map(({ id, title: each, pullRequest }) =>
          pullRequest === undefined
            ? `- ${plainId(id)} ${inline(each)}`
            : `- ${plainId(id)} ${inline(each)}, ${inline(pullRequest)}`,
        ),
      ].join("\n");

function checksOf({ checks, evidence, evidenceHash }: PullRequestValues): string {
  const verdicts = new Map(
    [...(evidence ?? "").matchAll(/^(PASS|FAIL) ([^\s:]+): /gm)].map(([, verdict, id]) => [
      id,
      verdict,
    ]),
  );
  const lines = checks.slice(0, SHOWN_CHECKS).map(({ id, sentence, verify }) => {
    const passed = verdicts.get(id) === "PASS";
    const by = verify.method === "person" ? " (for a person to see)" : "";
    return `- [${passed ? "x" : " "}] ${plainId(id)} ${inline(sentence)}${by}`;
  });
  if (checks.length > SHOWN_CHECKS) lines.push(`- and ${checks.length - SHOWN_CHECKS} more`);
  if (lines.length === 0) lines.push("None.");
  if (evidence === undefined || evidence === "") return lines.join("\n");
  const named = evidenceHash === undefined ? "" : ` (sha256 ${evidenceHash})`;
  return [...lines, "", folded(`Evidence${named}`, quoted(evidence, EVIDENCE))].join("\n");
}

function reviewOf({ reviewSummary, findings }: PullRequestValues): string {
  const summary = reviewSummary === undefined ? "Not reviewed." : `> ${inline(reviewSummary)}`;
  if (findings === undefined || findings === "") return summary;
  return `${summary}\n\n${folded("Findings", quoted(findings, FINDINGS))}`;
}

/** Marks that would mention a person, name an issue or a commit, or be a command of the forge are broken up. */
function inline(text: string): string {
  const escaped = escapeInline(shorten(cleanLine(text, LONGEST_LINE * 2), LONGEST_LINE));
  return escaped.replace(/([@#!$&~%^])(?=[\w:])/g, "$1<!-- -->").replace(/^\//, "\\/");
}

const plainId = (id: string) => id.replace(/[^A-Za-z0-9._-]/g, "");

const quoted = (text: string, characters: number) => {
  const seen = cleanText(text, characters);
  return fenced(seen.length < text.trim().length ? `${seen}\n... cut` : seen, "text");
};

const folded = (title: string, content: string) =>
  `<details><summary>${title}</summary>\n\n${content}\n\n</details>`;
