/** Changes of a plan as they are typed on a command line. Pure. */
import type { MissionMode } from "../../domain/mission.js";
import type { Orphans } from "../../domain/planning/edit-links.js";
import type { FeatureChange, PlanEdit, Where } from "../../domain/planning/edits.js";
import { nearestName } from "../../domain/nearest-name.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { optionFlag as flag } from "../shell-words.js";
import { partsOf } from "./asking.js";

export interface EditOptions {
  add?: string | undefined;
  drop?: string[] | undefined;
  split?: string | undefined;
  merge?: string[] | undefined;
  move?: string | undefined;
  set?: string[] | undefined;
  mode?: MissionMode | undefined;
  addMilestone?: string | undefined;
  dropMilestone?: string | undefined;
  moveMilestone?: string | undefined;
  renameMilestone?: string | undefined;
  /** A whole plan instead of single changes. */
  yaml?: string | undefined;

  to?: string | undefined;
  before?: string | undefined;
  after?: string | undefined;
  into?: string[] | undefined;
  brief?: string | undefined;
  title?: string | undefined;
  with?: string[] | undefined;
  place?: number | undefined;
  orphans?: Orphans | undefined;
}

/** What says what is to be done, and the options that go with it. */
const CHANGES = {
  add: ["to", "before", "after", "brief"],
  drop: ["orphans"],
  split: ["into"],
  merge: ["title"],
  move: ["to", "before", "after"],
  set: [],
  mode: [],
  addMilestone: ["with", "place"],
  dropMilestone: ["orphans"],
  moveMilestone: ["place"],
  renameMilestone: ["title"],
  yaml: [],
} as const satisfies Partial<Record<keyof EditOptions, (keyof EditOptions)[]>>;
type Change = keyof typeof CHANGES;
const CHANGE_NAMES = Object.keys(CHANGES) as Change[];
const DETAILS = [...new Set(Object.values(CHANGES).flat())] as (keyof EditOptions)[];

const bad = (sentence: string, remedy: string) => new Problem(EXIT.badInput, sentence, remedy);
const SEE = "See: npx missions plan edit --help";

/**
 * @returns the edits; "yaml" when a file takes their place; undefined when nothing is to be changed by option.
 * @throws Problem badInput for two changes at once and for options that do not belong to the change.
 */
export function editsFrom(options: EditOptions): PlanEdit[] | "yaml" | undefined {
  const [change, second] = CHANGE_NAMES.filter((name) => options[name] !== undefined);
  const details = DETAILS.filter((name) => options[name] !== undefined);
  if (second !== undefined && change !== undefined) {
    throw bad(
      `${flag(change)} and ${flag(second)} are two changes.`,
      "Make one after the other, or all at once in a file with --yaml.",
    );
  }
  if (change === undefined) {
    const [detail] = details;
    if (detail === undefined) return undefined;
    throw bad(`${flag(detail)} alone changes nothing.`, SEE);
  }
  const known: readonly string[] = CHANGES[change];
  const foreign = details.find((name) => !known.includes(name));
  if (foreign !== undefined) throw bad(`${flag(foreign)} does not go with ${flag(change)}.`, SEE);
  return change === "yaml" ? "yaml" : editsOf(change, options);
}

function editsOf(change: Exclude<Change, "yaml">, options: EditOptions): PlanEdit[] {
  const { orphans, place, title } = options;
  const given = <Value>(value: Value | undefined, missing: string): Value => {
    if (value === undefined) throw bad(`${flag(change)} also needs ${missing}.`, SEE);
    return value;
  };
  const id = typeof options[change] === "string" ? options[change] : "";
  switch (change) {
    case "add":
      return [
        { kind: "add", where: whereOf(change, options), part: { title: id, brief: options.brief } },
      ];
    case "drop":
      return [{ kind: "drop", features: options.drop ?? [], orphans }];
    case "split": {
      const parts = given(options.into, "--into with the titles of its parts");
      return [{ kind: "split", feature: id, parts: parts.map((part) => ({ title: part })) }];
    }
    case "merge":
      return [{ kind: "merge", features: options.merge ?? [], title }];
    case "move":
      return [{ kind: "move", feature: id, where: whereOf(change, options) }];
    case "set":
      return settings(options.set ?? []);
    case "mode":
      return options.mode === undefined ? [] : [{ kind: "mode", mode: options.mode }];
    case "addMilestone": {
      const parts = given(options.with, "--with and the titles of its features");
      const features = parts.map((part) => ({ title: part }));
      return [{ kind: "add-milestone", title: id, position: place, parts: features }];
    }
    case "dropMilestone":
      return [{ kind: "drop-milestone", milestone: id, orphans }];
    case "moveMilestone": {
      const position = given(place, "--place, counted from 1");
      return [{ kind: "move-milestone", milestone: id, position }];
    }
    case "renameMilestone":
      return [{ kind: "rename-milestone", milestone: id, title: given(title, "--title") }];
  }
}

function whereOf(change: Change, { to, before, after }: EditOptions): Where {
  const [place, second] = [
    ...(to === undefined ? [] : [{ milestone: to }]),
    ...(before === undefined ? [] : [{ before }]),
    ...(after === undefined ? [] : [{ after }]),
  ];
  if (place !== undefined && second === undefined) return place;
  throw bad(
    place === undefined
      ? `${flag(change)} does not say where.`
      : `${flag(change)} is given two places.`,
    "Give one of: --to MILESTONE, --before FEATURE, --after FEATURE.",
  );
}

const LISTS = ["touches", "needs", "serves", "rewrites"] as const;
const ESTIMATES = ["usd", "hours", "tokens"] as const;
const TEXTS = ["title", "brief", "kind", "agent", "tier", "size", "model"] as const;
const NAMES: readonly string[] = [...TEXTS, ...LISTS, ...ESTIMATES];

/** `2.3 agent=manual tier=simple 2.4 size=small`; several ids in front of values get the same. */
export function settings(words: readonly string[]): PlanEdit[] {
  const edits: { ids: string[]; set: FeatureChange }[] = [];
  for (const word of words) {
    const last = edits.at(-1);
    const equals = word.indexOf("=");
    if (equals < 0) {
      if (last === undefined || Object.keys(last.set).length > 0)
        edits.push({ ids: [word], set: {} });
      else last.ids.push(word);
    } else if (last === undefined) {
      throw bad(
        `--set begins with ${JSON.stringify(word.slice(0, 60))}.`,
        "Name the feature first: --set 2.3 agent=manual",
      );
    } else {
      last.set = {
        ...last.set,
        ...settingOf(word.slice(0, equals), word.slice(equals + 1), last.set),
      };
    }
  }
  const empty = edits.find(({ set }) => Object.keys(set).length === 0);
  if (empty !== undefined) {
    throw bad(
      `--set says nothing of ${empty.ids.join(", ")}.`,
      `Add what changes, as --set ${empty.ids[0] ?? "2.3"} agent=manual; known are ${NAMES.join(", ")}.`,
    );
  }
  return edits.flatMap(({ ids, set }) =>
    ids.map((feature): PlanEdit => ({ kind: "change", feature, set })),
  );
}

/** An empty value takes a field away. Whether a word is known to the plan is for the rules to say. */
function settingOf(name: string, value: string, before: FeatureChange): FeatureChange {
  if ((TEXTS as readonly string[]).includes(name)) {
    return { [name]: value === "" ? undefined : value };
  }
  if (name === "needs") return { dependsOn: partsOf(value) };
  if (name === "touches") return { touches: partsOf(value) };
  if (name === "serves" || name === "rewrites") {
    const parts = partsOf(value);
    return { [name]: parts.length === 0 ? undefined : parts };
  }
  const estimate = ESTIMATES.find((each) => each === name);
  if (estimate !== undefined) {
    if (!/^\d+(\.\d+)?$/.test(value)) {
      throw bad(`${name}=${value.slice(0, 40)} is no number.`, `Write one, as ${name}=2.`);
    }
    return { estimate: { ...before.estimate, [estimate]: Number(value) } };
  }
  const nearest = nearestName(name, NAMES);
  throw bad(
    `A feature has no ${JSON.stringify(name.slice(0, 60))} that can be set.`,
    nearest === undefined ? `Known are ${NAMES.join(", ")}.` : `Did you mean ${nearest}?`,
  );
}
