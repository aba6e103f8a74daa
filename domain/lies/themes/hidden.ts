/** Lists that tell git, or a program that checks, what to overlook. */
import { baseName, type Change, type ChangedFile, isTestPath, textOf } from "../changed-file.js";
import type { Hit } from "../kinds.js";
import { HARMLESS } from "./setting-rules.js";

const NAMES_TESTS =
  /(?:^|[^a-z])(?:tests?|__tests__|specs?|e2e|cypress|conftest|snap)(?:$|[^a-z])/i;
const CHECKERS =
  /^\.(?:eslint|prettier|stylelint|nyc|test|jshint|flake8|bandit|markdownlint|npmtest|vitest)ignore$/;

/** Layout says nothing of whether something works. */
const LAYOUT = /prettier|markdownlint/;

export function hiddenHits(file: ChangedFile, { files }: Change): Hit[] {
  const { path, before, after } = file;
  const name = baseName(path);
  if (typeof after !== "string") return [];
  const old = new Set(
    textOf(before)
      .split("\n")
      .map((line) => line.trim()),
  );
  const added = after
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#") && !old.has(line));
  const hit = (line: string | undefined): Hit[] =>
    line === undefined
      ? []
      : [
          {
            kind: "tests-hidden",
            path,
            what: `it now overlooks ${JSON.stringify(line.slice(0, 60))}`,
          },
        ];
  if (CHECKERS.test(name) && before !== undefined) {
    const line = added.find((each) => !each.startsWith("!") && !HARMLESS.test(each));
    return hit(line).map((each) => ({ ...each, minor: LAYOUT.test(name) }));
  }
  if (name === ".gitignore" || path === ".git/info/exclude")
    return hit(added.find((line) => !line.startsWith("!") && hidesTests(line, files)));
  if (name === ".gitattributes")
    return hit(
      added.find(
        (line) =>
          NAMES_TESTS.test(line) &&
          /\s(?:-diff|binary|filter=|merge=ours|merge=binary|export-ignore|-text)/.test(line),
      ),
    );
  return [];
}

/** Output of tests may be ignored; tests may not. */
function hidesTests(line: string, files: readonly ChangedFile[]): boolean {
  if (
    HARMLESS.test(line) ||
    /report|result|output|log|cache|artifact|screenshot|video|trace|\.db|\.sqlite/i.test(line)
  )
    return false;
  const plain = line.replace(/^\/|\/$/g, "");
  const isOfTests =
    /(?:^|[/*.])(?:tests?|__tests__|specs?|e2e|cypress)(?:$|[/*.])|test_\*|_test\.|conftest/.test(
      line,
    );
  return (
    isOfTests ||
    files.some(({ path }) => isTestPath(path) && (path === plain || path.startsWith(`${plain}/`)))
  );
}
