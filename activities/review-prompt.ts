/** What a reviewer is told. All of it is quoted: to the model it is data, never orders. Nothing of what the agent said is in it. */
import type { Check, Plan, PlanFeature } from "../domain/plan.js";
import type { FeatureDiff } from "./feature-diff.js";
import { quoted } from "./adapters/brief.js";

const TEXT_CHARACTERS = 12_000;
const EVIDENCE_CHARACTERS = 12_000;
const NAMED_FILES = 300;

/** The first line is a fixed form. */
export function reviewMessage(order: {
  plan: Plan;
  feature: PlanFeature;
  round: number;
  /** What the last run of the checks left. */
  evidence: string | undefined;
  diff: FeatureDiff;
}): string {
  const { plan, feature, round, evidence, diff } = order;
  const { constraints, non_goals, checked } = plan.scope;
  const said: [string, string][] = [
    ["The feature", feature.title],
    ["The mission that it is part of", plan.goal],
    ["Its brief", feature.brief ?? ""],
    ["It is done when", feature.checks.map(checkLine).join("\n")],
    ["What the engine saw when it ran these checks", tail(evidence ?? "")],
    ["Constraints of the mission", constraints.join("\n")],
    ["Constraints that the engine checks itself", checked ? JSON.stringify(checked) : ""],
    ["Not wanted", non_goals.join("\n")],
    ["It may change files below", feature.touches.join("\n")],
    [`Changed files, ${diff.files.length} in all`, filesOf(diff)],
    [
      `The change${diff.cutFiles === 0 ? "" : `; of ${diff.cutFiles} files not everything is shown`}`,
      diff.text,
    ],
  ];
  return [
    `Review ${round} of feature ${feature.id}:`,
    ...said
      .filter(([, text]) => text.trim() !== "")
      .map(([title, text]) => {
        const shown = text === diff.text ? text : text.slice(0, TEXT_CHARACTERS);
        return `${title}:\n${quoted(shown)}`;
      }),
  ].join("\n\n");
}

/** Asks again for an answer that could not be read. */
export const againMessage = (violations: readonly { sentence: string }[]): string =>
  `${violations.map(({ sentence }) => sentence).join(" ")} Answer again, with one JSON object of the schema and nothing else.`;

const filesOf = ({ files }: FeatureDiff) =>
  [
    ...files.slice(0, NAMED_FILES).map((path) => JSON.stringify(path)),
    ...(files.length > NAMED_FILES ? [`and ${files.length - NAMED_FILES} more`] : []),
  ].join("\n");

/** Failures are told of at the end. */
const tail = (text: string) =>
  text.length <= EVIDENCE_CHARACTERS ? text : `...\n${text.slice(-EVIDENCE_CHARACTERS)}`;

const checkLine = ({ id, sentence, verify }: Check) =>
  `${id}: ${sentence} (${verify.method === "bash" ? verify.run : verify.method})`;
