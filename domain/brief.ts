/** The text of a feature's brief, for its agent and for people: places of a template, filled; a section with nothing in it is left out. Pure. */
import { cleanLine, cleanText } from "./clean-text.js";
import { constraintSentences } from "./constraints.js";
import type { Check, Plan, PlanFeature } from "./plan.js";
import { quoted } from "./quoted.js";

/** What plan and repository say about a feature beyond its own words; each list is cut to what helps. */
export interface BriefContext {
  /** Features that it depends on, with the commit in which their work is. */
  dependencies: { id: string; title: string; commit?: string | undefined }[];
  /** Paths in the repository that are most likely to matter. */
  files: string[];
  /** Things of the same sort that were done before. `about`: somebody's own words. */
  examples: { name: string; about: string }[];
  /** Decisions of the mission so far, oldest first: somebody's own words. */
  decisions: string[];
}

export const NO_CONTEXT: BriefContext = {
  dependencies: [],
  files: [],
  examples: [],
  decisions: [],
};

/** What only people are told; an agent pays for each word. */
export interface BriefOrigin {
  missionId: string;
  planHash: string;
}

export interface BriefInput {
  /** Text of templates/brief-template.md. */
  template: string;
  plan: Plan;
  feature: PlanFeature;
  context: BriefContext;
  origin?: BriefOrigin;
}

const MOST = { goal: 2_000, dependencies: 20, files: 15, examples: 5, decisions: 8, line: 300 };

/** @throws RangeError for a place of the template that nobody fills. */
export function briefText({ template, plan, feature, context, origin }: BriefInput): string {
  const places: Record<string, string> = {
    ID: feature.id,
    TITLE: feature.title,
    WHAT: feature.brief ?? "",
    WHY: whyText(plan, feature),
    HOW: howText(feature),
    CHECKS: lines(feature.checks.map((check) => check.sentence + howVerified(check))),
    CONSTRAINTS: lines(constraintLines(plan)),
    NON_GOALS: lines(plan.scope.non_goals),
    PREFERENCES: lines(Object.entries(plan.preferences).map(([name, wish]) => `${name}: ${wish}`)),
    DEPENDENCIES: lines(context.dependencies.slice(0, MOST.dependencies).map(dependencyLine)),
    FILES: lines(context.files.slice(0, MOST.files)),
    EXAMPLES: said(context.examples.slice(0, MOST.examples).map(exampleLine)),
    DECISIONS: said(context.decisions.slice(-MOST.decisions)),
    ESTIMATE: origin === undefined ? "" : estimateText(feature),
    ORIGIN: origin === undefined ? "" : originText(plan, feature, origin),
  };
  const [head = "", ...sections] = template.trim().split(/\n(?=## )/);
  const filled = [head, ...sections].flatMap((section) => {
    const names = [...section.matchAll(PLACE)].map(([, name = ""]) => name);
    const unknown = names.find((name) => places[name] === undefined);
    if (unknown !== undefined)
      throw new RangeError(`The brief's template asks for {{${unknown}}}.`);
    if (names.length > 0 && names.every((name) => places[name] === "")) return [];
    return [section.trim().replace(PLACE, (_, name: string) => places[name] ?? "")];
  });
  return filled.join("\n\n");
}

const PLACE = /\{\{([A-Z_]+)\}\}/g;

const lines = (texts: readonly string[]) => texts.map((text) => `- ${text}`).join("\n");

/** Words that others wrote stand in a block of their own: they inform, they do not ask. */
const said = (texts: readonly string[]) =>
  texts.length === 0 ? "" : quoted(lines(texts.map((text) => cleanLine(text, MOST.line))));

const whyText = ({ goal, milestones }: Plan, { id }: PlanFeature) => {
  const milestone = milestones.find(({ features }) => features.some((each) => each.id === id));
  const part =
    milestone === undefined ? "" : `Part of milestone ${milestone.id}, ${milestone.title}. `;
  return `${part}The mission, for orientation only: ${cleanText(goal, MOST.goal)}`;
};

function howText({ touches, commands = [], rewrites = [] }: PlanFeature): string {
  const only = touches.length === 0 ? [] : [`Change only files below: ${touches.join(", ")}`];
  const may = rewrites.join(", ");
  const rewritten = may === "" ? [] : [`Existing tests and checks may be changed below: ${may}`];
  return [...only, ...rewritten, ...commands.map((command) => `Runs: ${command}`)].join("\n");
}

const constraintLines = ({ scope }: Plan) => [
  ...scope.constraints,
  ...constraintSentences(scope.checked ?? {}).map(
    ({ sentence }) => `${sentence} (the engine checks it)`,
  ),
];

const dependencyLine = ({ id, title, commit }: BriefContext["dependencies"][number]) =>
  `${id} ${title}${commit === undefined ? "" : ` (commit ${commit.slice(0, 12)})`}`;

const exampleLine = ({ name, about }: BriefContext["examples"][number]) =>
  about === "" ? name : `${name}: ${about}`;

const estimateText = ({ estimate, size }: PlanFeature) =>
  `${size === undefined ? "" : `Size ${size}: `}${estimate.usd} USD, ${estimate.hours} h, ${estimate.tokens} tokens`;

function originText(plan: Plan, { agent, kind }: PlanFeature, origin: BriefOrigin): string {
  return `Mission ${origin.missionId}, ${cleanLine(plan.title, 200)}; ${kind}, done by ${agent}; as in plan ${origin.planHash.slice(0, 12)}.`;
}

function howVerified({ verify }: Check): string {
  switch (verify.method) {
    case "bash":
      return ` (verify: ${verify.run})`;
    case "codebase":
      return ` (verify: some file${verify.path === undefined ? "" : ` below ${verify.path}`} matches ${verify.pattern})`;
    case "browser":
      return ` (verify: seen in a browser: ${verify.flow})`;
    case "person":
      return " (verify: a person looks)";
    case "citation":
    case "reply":
    case "receipt":
      return ` (verify: ${verify.method})`;
  }
}
