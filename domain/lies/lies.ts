/** Checks that no longer check: a change's files, before and after, held against every theme. Pure. */
import { type Finding, worstFirst } from "../findings.js";
import { prefixesOf } from "../touches.js";
import {
  type Change,
  type ChangedFile,
  isCi,
  isFixture,
  isSnapshot,
  isTestPath,
} from "./changed-file.js";
import { type Hit, isLieKind, LIE_KINDS } from "./kinds.js";
import { languageOf } from "./reading/source.js";
import { readTests } from "./tests/read-tests.js";
import type { TestFile } from "./tests/test-case.js";
import { ciHits } from "./themes/ci.js";
import { commentHits } from "./themes/comments.js";
import { countedHits } from "./themes/counted.js";
import { detectionHits } from "./themes/detection.js";
import { exitHits } from "./themes/exits.js";
import { hiddenHits } from "./themes/hidden.js";
import { runnerHits } from "./themes/runner.js";
import { checkScriptHits, names, scriptHits } from "./themes/scripts.js";
import { familyOf, settingHits } from "./themes/settings.js";
import { snapshotHits } from "./themes/snapshots.js";
import { testFileHits } from "./themes/test-file.js";
import { compareTests, focusHits, type TestFiles } from "./themes/tests-kept.js";

/** @param rewrites path prefixes that the plan lets the change rewrite. @returns one finding for each kind and file, the worst first. */
export function liesOf(change: Change, rewrites: readonly string[]): Finding[] {
  const tests = readAll(change);
  const hits = [
    ...compareTests(tests, change),
    ...focusHits(tests),
    ...testFileHits(tests, change),
    ...countedHits(change.files),
    ...commentHits(change),
    ...ciHits(change),
    ...change.files.flatMap((file) => [
      ...unreadHits(file),
      ...settingHits(file, change),
      ...scriptHits(file, change),
      ...checkScriptHits(
        file,
        change,
        tests.before.some(({ path }) => path === file.path),
      ),
      ...runnerHits(file),
      ...exitHits(file),
      ...snapshotHits(file, change, tests),
      ...detectionHits(file),
      ...hiddenHits(file, change),
    ]),
  ];
  return worstFirst([...grouped(hits)].map(([, group]) => findingOf(group, rewrites)));
}

/** Files that hold tests; elsewhere in Rust, and where a check of the plan names a file. */
function readAll(change: Change): TestFiles {
  const wanted = change.files.filter(
    ({ path }) =>
      isTestPath(path) ||
      languageOf(path) === "rust" ||
      (languageOf(path) !== undefined && change.commands.some((command) => names(command, path))),
  );
  const read = (end: "before" | "after") =>
    wanted.flatMap((file) => {
      const text = file[end];
      const found = typeof text === "string" ? readTests(file.path, text) : undefined;
      return found === undefined || (!isTestPath(file.path) && !asserts(found)) ? [] : [found];
    });
  return { before: read("before"), after: read("after") };
}

const asserts = ({ tests, outside }: TestFile) => tests.length > 0 || outside.length > 0;

/** A check that cannot be read cannot be seen to be as good as before. */
function unreadHits({ path, before, after }: ChangedFile): Hit[] {
  const matters = decides(path);
  if (!matters || isSnapshot(path) || isFixture(path) || before === undefined) return [];
  return before === null || after === null
    ? [{ kind: "not-compared", path, what: "it is too large, or no text" }]
    : [];
}

/** Its text takes part in deciding what passes: where there is not room for all, it is read first. */
export const decides = (path: string) =>
  isTestPath(path) ||
  familyOf(path) !== undefined ||
  isCi(path) ||
  /(?:^|\/)(?:GNU)?[Mm]akefile$|\.(?:mk|sh)$/.test(path);

function grouped(hits: readonly Hit[]): Map<string, Hit[]> {
  const groups = new Map<string, Hit[]>();
  for (const hit of hits) {
    const key = `${hit.kind}/${hit.path}`;
    groups.set(key, [...(groups.get(key) ?? []), hit]);
  }
  return groups;
}

const SAID = 3;

function findingOf(hits: readonly Hit[], rewrites: readonly string[]): Finding {
  const [{ kind, path }] = hits as [Hit];
  const { severity, mayBeApproved } = LIE_KINDS[kind];
  const isApproved = mayBeApproved && rewrites.length > 0 && isBelow(path, rewrites);
  const isMinor = severity === "minor" || isApproved || hits.every(({ minor }) => minor === true);
  const serious = hits.some(({ minor }) => minor !== true)
    ? hits.filter(({ minor }) => minor !== true)
    : hits;
  const said = [...new Set(serious.map(({ what }) => what))];
  const more = said.length > SAID ? ` and ${said.length - SAID} more` : "";
  return {
    id: `lie/${kind}/${path}`,
    severity: isMinor ? "minor" : severity,
    source: "lie",
    what: `${path}: ${said.slice(0, SAID).join("; ")}${more}${isApproved ? " (the plan allows it)" : ""}.`,
    where: path,
  };
}

function isBelow(path: string, prefixes: readonly string[]): boolean {
  const segments = path.split("/");
  return prefixesOf(prefixes).some((prefix) => prefix.every((part, at) => part === segments[at]));
}

/** What a person or an agent can do about a finding of this source. */
export function remedyOf({ id }: Pick<Finding, "id">): string | undefined {
  const kind = /^lie\/([a-z-]+)\//.exec(id)?.[1] ?? "";
  return isLieKind(kind) ? LIE_KINDS[kind].remedy : undefined;
}
