/** A plan as YAML text, and as the one JSON text that its hash is taken of. */
import {
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  stringify,
  visit,
  type Document,
  type Node,
  type Pair,
  type ParsedNode,
} from "yaml";
import { PLAN_LIMITS, type Plan } from "../domain/plan.js";
import { EXIT, Problem } from "../domain/problem.js";
import { fenced } from "./markdown-text.js";

/** Fields whose values are text however they look: `id: 1.10` is not 1.1, and `run: true` is a command. */
const TEXTS = new Set(
  [
    "id title goal brief sentence run pattern path flow model deadline deadline_zone",
    // Of flows and their steps.
    "url name ready goto click fill with select option press on expect see gone",
    "role label text testId css value count rule because",
  ].flatMap((line) => line.split(" ")),
);
const LISTS_OF_TEXT = new Set(
  "dependsOn serves touches commands non_goals constraints prepare flows rewrites".split(" "),
);
const MAPS_OF_TEXT = new Set(["preferences", "env"]);

/**
 * Parses YAML (or JSON) of one document. Keys without a value count as left out.
 * @param name how messages call the text; @param linesBefore lines of its file above it.
 * @throws Problem with line and column for syntax, duplicate keys, aliases, tags and several documents.
 */
export function parsePlanYaml(text: string, name: string, linesBefore = 0): unknown {
  refuseMasses(text, name);
  const problemAt = (offset: number, what: string, remedy: string) => {
    const before = text.slice(0, offset).split("\n");
    const line = before.length + linesBefore;
    const column = (before.at(-1)?.length ?? 0) + 1;
    return new Problem(EXIT.badInput, `${name}, line ${line}, column ${column}: ${what}.`, remedy);
  };
  try {
    // Its own search for duplicate keys takes the square of their number.
    const document = parseDocument(text, { uniqueKeys: false, stringKeys: true });
    const [flaw] = [...document.errors, ...document.warnings];
    if (flaw?.code === "MULTIPLE_DOCS") {
      throw problemAt(flaw.pos[0], "a second document starts", "Keep one plan in a file.");
    }
    if (flaw !== undefined) {
      if (flaw.message.startsWith("Maximum call stack")) throw new RangeError(flaw.message);
      const said = flaw.message.split(/ at line \d+|\n/)[0] ?? "";
      throw problemAt(flaw.pos[0], `not valid YAML, ${said}`, "Correct it there.");
    }
    tidy(document, problemAt);
    return document.toJS();
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(
      EXIT.badInput,
      `${name} is not readable as YAML${error instanceof RangeError ? ": it is nested too deeply" : ""}.`,
      "`npx missions schema plan` prints the format of a plan.",
      error,
    );
  }
}

type ProblemAt = (offset: number, what: string, remedy: string) => Problem;

/** One walk: no aliases (a few lines of them grow to gigabytes), no duplicate keys, texts as written. */
function tidy(document: Document<ParsedNode>, problemAt: ProblemAt): void {
  const offset = (node: Node) => node.range?.[0] ?? 0;
  visit(document, {
    Alias(_, alias) {
      const what = `the alias *${alias.source.slice(0, 40)} is not allowed`;
      throw problemAt(offset(alias), what, "Write the text out where it is used.");
    },
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) {
          const what = `the key ${String(key.value).slice(0, 60)} is there twice`;
          throw problemAt(offset(key), what, "Keep one of them.");
        }
        seen.add(key.value);
      }
      // `is` of a value is text, of a count a number.
      if (seen.has("value")) asText(map.get("is", true));
    },
    Pair(_, { key, value }) {
      if (isScalar(value) && value.value === null) return visit.REMOVE;
      const name = isScalar(key) ? String(key.value) : "";
      if (TEXTS.has(name)) asText(value);
      if (LISTS_OF_TEXT.has(name) && isSeq(value)) value.items.forEach(asText);
      if (MAPS_OF_TEXT.has(name) && isMap(value)) {
        for (const pair of value.items) asText(pair.value);
      }
      return undefined;
    },
  });
}

function asText(node: unknown): void {
  if (!isScalar(node) || node.source === undefined) return;
  if (typeof node.value === "number" || typeof node.value === "boolean") node.value = node.source;
}

/** A glance before seconds of parsing: every milestone and feature has a title. Twice the limit leaves room for texts that say it. */
function refuseMasses(text: string, name: string): void {
  const limit = 2 * (PLAN_LIMITS.features + PLAN_LIMITS.milestones);
  const titles = text.match(/(?:^|[{,\s-])"?title"?[ \t]*:/g)?.length ?? 0;
  if (titles <= limit) return;
  throw new Problem(
    EXIT.badInput,
    `${name} has about ${titles} features; a mission takes ${PLAN_LIMITS.features}.`,
    "Split it into several missions.",
  );
}

/** As a person reads a plan, of whatever order its keys came in: what it is about first, what it holds last. */
const READING_ORDER = [
  "version id title name url goal sentence verify method kind type level mode workspace",
  "agent tier size model brief commands scope non_goals constraints",
  "budget money_usd usd time_hours hours token_limit tokens alert_threshold_pct on_alert on_quota",
  "deadline deadline_zone at_deadline model_routing preferences",
  "dependsOn serves touches rewrites estimate ui qa app flows steps checks features milestones",
].flatMap((line) => line.split(" "));

const rankOf = ({ key }: Pair) => {
  const rank = READING_ORDER.indexOf(String(key));
  return rank === -1 ? READING_ORDER.length : rank;
};
const inReadingOrder = (a: Pair, b: Pair) => rankOf(a) - rankOf(b);

/** YAML that reads back as the same plan. */
export function planToYaml(plan: Plan): string {
  return stringify(plan, {
    lineWidth: 0,
    aliasDuplicateObjects: false,
    sortMapEntries: inReadingOrder,
  });
}

/** The plan as a fenced block of mission.md, marked so that it is found again. */
export const planBlock = (plan: Plan) => fenced(planToYaml(plan), "yaml plan");

/** The same text for the same plan: keys in order, nothing left out is written. The blob under `planHash` holds exactly this. */
export function canonicalPlanJson(plan: Plan): string {
  return JSON.stringify(plan, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
