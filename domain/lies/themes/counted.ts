/** Tests in languages that are not read here: markers of tests, assertions and skips are counted. */
import { type ChangedFile, isNamedTest, isTestPath, textOf } from "../changed-file.js";
import type { Hit } from "../kinds.js";
import { languageOf, readSource } from "../reading/source.js";
import { shapeOf } from "../reading/token.js";

const TEST =
  /@ (?:Test|ParameterizedTest|RepeatedTest)\b|\[ (?:Test|Fact|Theory|TestMethod|TestCase)\b|\bdef test_\w+|\bfunction test\w+|\bfunc test\w+|\b(?:it|specify|scenario|test) (?:\( )?"|\bTEST(?:_F|_P)? \(|@ test "/g;
const ASSERTION =
  /\b(?!\w+ \( (?:true|false|null) \))(?:assert\w*|expect\w*|should\w*|refute\w*|XCTAssert\w*|EXPECT_\w+|ASSERT_\w+|CHECK|REQUIRE|verify)\b/g;
const SKIP =
  /@ (?:Disabled|Ignore|EnabledIf\w*)\b|\[ Ignore\b|\bSkip = |\benabled = false|\bassumeTrue \( false|\bXCTSkip\w*|\b(?:xit|xdescribe|pending|skip|markTestSkipped|markTestIncomplete|GTEST_SKIP|DISABLED_\w+)\b/g;

export function countedHits(files: readonly ChangedFile[]): Hit[] {
  const tests = files.filter(({ path }) => isCounted(path));
  const of = (wanted: RegExp, end: "before" | "after") =>
    tests.reduce((sum, file) => sum + count(file.path, textOf(file[end]), wanted), 0);
  const first =
    tests.find(
      ({ path, before, after }) =>
        count(path, textOf(before), TEST) > count(path, textOf(after), TEST),
    ) ?? tests.find(({ before }) => before !== undefined);
  if (first === undefined) return [];
  const { path } = first;
  const hits: Hit[] = [];
  if (of(TEST, "after") < of(TEST, "before"))
    hits.push({ kind: "test-removed", path, what: "there are fewer tests" });
  else if (of(ASSERTION, "after") < of(ASSERTION, "before"))
    hits.push({ kind: "assertion-removed", path, what: "there are fewer assertions" });
  const skipped = tests.find(
    (file) =>
      count(file.path, textOf(file.after), SKIP) > count(file.path, textOf(file.before), SKIP),
  );
  if (skipped !== undefined && of(SKIP, "after") > of(SKIP, "before"))
    hits.push({ kind: "test-skipped", path: skipped.path, what: "more tests are left out" });
  return hits;
}

const isCounted = (path: string) =>
  languageOf(path) === "other"
    ? isTestPath(path)
    : languageOf(path) === "shell" && isNamedTest(path);

const count = (path: string, text: string, wanted: RegExp) =>
  text === "" ? 0 : (shapeOf(readSource(path, text).tokens).match(wanted)?.length ?? 0);
