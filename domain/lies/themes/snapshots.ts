/** Stored outputs that tests hold what they get against. */
import {
  baseName,
  type Change,
  type ChangedFile,
  isCases,
  isFixture,
  isSnapshot,
} from "../changed-file.js";
import type { Hit } from "../kinds.js";
import { languageOf } from "../reading/source.js";
import type { TestFiles } from "./tests-kept.js";

export function snapshotHits(file: ChangedFile, change: Change, tests: TestFiles): Hit[] {
  const { path, before, after } = file;
  if (before === undefined) return [];
  if (!isSnapshot(path)) {
    const lost = typeof before === "string" && isCases(path) ? lostCase(before, after) : undefined;
    if (lost !== undefined)
      return [{ kind: "cases-removed", path, what: `it no longer has ${lost.slice(0, 80)}` }];
    const isData = isFixture(path) && languageOf(path) === undefined;
    return isData
      ? [{ kind: "fixture-changed", path, what: "something that tests read was changed" }]
      : [];
  }
  const hit = (what: string, minor = false): Hit[] => [
    { kind: "snapshot-rewritten", path, what, minor },
  ];
  if (typeof before !== "string" || typeof after !== "string" || !/\bexports\[`/.test(before)) {
    if (after === undefined && isElsewhere(file, change)) return [];
    return hit(
      after === undefined ? "the stored output is gone" : "the stored output was changed",
      changedBeside(path, tests),
    );
  }
  const [old, now] = [entriesOf(before), entriesOf(after)];
  const values = [...now.values()];
  return [...old].flatMap(([key, value]) => {
    const is = now.get(key);
    if (is === value || (is === undefined && values.includes(value))) return [];
    const title = key.replace(/ \d+$/, "");
    const [was, test] = [testCalled(tests.before, title), testCalled(tests.after, title)];
    if (is === undefined && was !== undefined && test === undefined) return [];
    const isChanged = was !== undefined && test !== undefined && was !== test;
    const what = is === undefined ? "is gone" : "was changed";
    return hit(`the stored output of ${JSON.stringify(title.slice(0, 80))} ${what}`, isChanged);
  });
}

/** Of a list of cases that say what is expected, one that is not there any more. */
function lostCase(before: string, after: string | null | undefined): string | undefined {
  const cases = (text: string) => {
    const value = readCases(text);
    return Array.isArray(value) ? value.map((each) => JSON.stringify(each)) : [];
  };
  const kept = new Set(cases(after ?? ""));
  return cases(before).find(
    (each) => /"\w*(?:expect|want|output|result)\w*":/i.test(each) && !kept.has(each),
  );
}

function readCases(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // another format: only its change is told
  }
}

function entriesOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, key = "", value = ""] of text.matchAll(
    /exports\[`((?:\\[^]|[^`\\])*)`\] = `((?:\\[^]|[^`\\])*)`;/g,
  ))
    found.set(key, value);
  return found;
}

/** Snapshots write the titles of groups and test one after the other. */
const testCalled = (files: TestFiles["before"], title: string) =>
  files
    .flatMap(({ tests }) => tests)
    .find((test) => test.title.replaceAll(" > ", " ") === title || test.title === title)?.body;

const isElsewhere = ({ before }: ChangedFile, { files }: Change) =>
  before !== null && files.some((each) => each.before === undefined && each.after === before);

/** The input of a test with the same name was changed, too. */
function changedBeside(path: string, { before, after }: TestFiles): boolean {
  const stem = baseName(path).split(".")[0] ?? "";
  return before.some((file) => {
    const other = after.find((each) => each.path === file.path);
    const isBeside =
      (baseName(file.path).split(".")[0] ?? "") === stem || path.startsWith(`${file.path}-`);
    return (
      isBeside &&
      other !== undefined &&
      other.tests.map(({ body }) => body).join() !== file.tests.map(({ body }) => body).join()
    );
  });
}
