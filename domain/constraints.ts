/** Constraints that the engine checks by itself on every code feature: what a change may not touch, bring in or name. Pure. */
import { isLicenceAllowed } from "./licences.js";
import type { CheckedConstraints } from "./plan.js";
import { overlapOf, prefixesOf } from "./touches.js";

export interface NewDependency {
  name: string;
  /** File that names it, as `package.json`. */
  manifest: string;
  /** False for what only a lock file names. */
  direct: boolean;
  /** As its lock file or its installed package states it; undefined where neither does. */
  licence?: string | undefined;
}

/** What a feature changed, as far as the constraints ask for it. */
export interface CheckedChange {
  /** Also of files that are gone. */
  paths: readonly string[];
  /** Added lines that hold a forbidden word. */
  words: readonly { path: string; word: string; line: string }[];
  dependencies: readonly NewDependency[];
  /** Changed manifests that are not readable. */
  unreadable: readonly string[];
}

export interface ConstraintVerdict {
  id: string;
  sentence: string;
  /** `not-seen`: nothing speaks against it, but not all of it could be looked at. */
  verdict: "passed" | "failed" | "not-seen";
  /** Why it did not pass, one line for each finding. */
  found: string[];
}

const NAMED = 20;

/** True when there is something to check. */
export const hasChecked = (
  checked: CheckedConstraints | undefined,
): checked is CheckedConstraints =>
  checked !== undefined && constraintSentences(checked).length > 0;

/** What is checked, in words, by the id under which it is reported. */
export function constraintSentences(
  checked: CheckedConstraints,
): { id: ConstraintId; sentence: string }[] {
  const { protected_paths = [], no_new_dependencies, licences = [], forbidden = [] } = checked;
  const all: [ConstraintId, boolean, string][] = [
    [
      "constraint-paths",
      protected_paths.length > 0,
      `Nothing changes in ${listed(protected_paths)}`,
    ],
    ["constraint-dependencies", no_new_dependencies === true, "No dependency is added"],
    [
      "constraint-licences",
      licences.length > 0,
      `New dependencies are under ${licences.join(" or ")}`,
    ],
    ["constraint-forbidden", forbidden.length > 0, `No added line names ${listed(forbidden)}`],
  ];
  return all.flatMap(([id, isSet, sentence]) => (isSet ? [{ id, sentence }] : []));
}

type ConstraintId =
  "constraint-paths" | "constraint-dependencies" | "constraint-licences" | "constraint-forbidden";

const listed = (names: readonly string[]) => names.join(", ");

/** @param change undefined where there is no base to compare with: then nothing is seen. */
export function judgeConstraints(
  checked: CheckedConstraints,
  change: CheckedChange | undefined,
): ConstraintVerdict[] {
  return constraintSentences(checked).map(({ id, sentence }) => {
    if (change === undefined) {
      const found = ["a plain folder has no base to compare with"];
      return { id, sentence, verdict: "not-seen", found };
    }
    const { failed, unseen } = findingsOf(id, checked, change);
    const verdict = failed.length > 0 ? "failed" : unseen.length > 0 ? "not-seen" : "passed";
    return { id, sentence, verdict, found: few([...failed, ...unseen]) };
  });
}

function findingsOf(
  id: ConstraintId,
  checked: CheckedConstraints,
  change: CheckedChange,
): { failed: string[]; unseen: string[] } {
  const { dependencies, unreadable } = change;
  const unread = unreadable.map((path) => `${path} cannot be read`);
  switch (id) {
    case "constraint-paths": {
      const failed = change.paths.filter((path) => isBelow(path, checked.protected_paths ?? []));
      return { failed: failed.map((path) => `changed: ${path}`), unseen: [] };
    }
    case "constraint-dependencies": {
      const added = dependencies.filter(({ direct }) => direct);
      return { failed: [...added.map(named), ...unread], unseen: [] };
    }
    case "constraint-licences": {
      const allowed = checked.licences ?? [];
      const said = dependencies.filter(({ licence }) => licence !== undefined);
      const failed = said.filter(({ licence = "" }) => !isLicenceAllowed(licence, allowed));
      const silent = dependencies.filter(({ licence }) => licence === undefined);
      return {
        failed: [...failed.map((each) => `${named(each)}: ${each.licence ?? ""}`), ...unread],
        unseen: silent.map((each) => `${named(each)}: no licence seen`),
      };
    }
    case "constraint-forbidden": {
      const failed = change.words.map(
        ({ path, word, line }) => `${word} in ${path}: ${line.trim().slice(0, 120)}`,
      );
      return { failed, unseen: [] };
    }
  }
}

/** Without regard to case: some file systems know none. */
export function isBelow(path: string, prefixes: readonly string[]): boolean {
  const target = prefixesOf([path.toLowerCase()]);
  return prefixes.some((prefix) => {
    const wanted = prefixesOf([prefix.toLowerCase()]);
    return overlapOf(target, wanted) === target[0]?.join("/");
  });
}

const named = ({ name, manifest }: NewDependency) => `${name} (${manifest})`;

function few(lines: string[]): string[] {
  const more = lines.length - NAMED;
  return more <= 0 ? lines : [...lines.slice(0, NAMED), `and ${more} more`];
}

/** Where a word stands in a line: as a whole, without regard to case. */
export function namesWord(line: string, word: string): boolean {
  const [text, wanted] = [line.toLowerCase(), word.toLowerCase()];
  const isPart = (at: number) => /[\p{L}\p{N}_]/u.test(text[at] ?? "");
  const edges = [wanted[0] ?? "", wanted.at(-1) ?? ""].map((edge) => /[\p{L}\p{N}_]/u.test(edge));
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const before = edges[0] === true && isPart(at - 1);
    const after = edges[1] === true && isPart(at + wanted.length);
    if (!before && !after) return true;
  }
  return false;
}
