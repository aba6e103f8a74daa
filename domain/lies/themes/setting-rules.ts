/** Which way a setting becomes weaker, by its name. */
import type { LieKindName } from "../kinds.js";

export interface SettingRule {
  key: RegExp;
  /** What weakens: a number that falls or rises, a switch turned on or off, a list that grows or shrinks, a level that falls, being set at all, another path of this repository. */
  weaker: "lower" | "higher" | "on" | "off" | "longer" | "shorter" | "level" | "set" | "own";
  kind: LieKindName;
}

const rule = (
  key: RegExp,
  weaker: SettingRule["weaker"],
  kind: LieKindName = "settings-loosened",
) => ({
  key,
  weaker,
  kind,
});

/** The first that fits a key is taken; keys are names joined by dots. */
export const SETTING_RULES: readonly SettingRule[] = [
  rule(
    /(?:toHaveScreenshot|toMatchSnapshot)\.(?:maxDiff\w+|threshold)$|status\..*\.threshold$|^(?:part\.)?[\w-]+-(?:threshold|max-\w+|bools)$/,
    "higher",
  ),
  rule(/(?:^|\.)(?:testRunner|runner)$/, "own", "runner-replaced"),
  rule(
    /(?:^|\.)(?:moduleNameMapper|alias|_moduleAliases|imports|paths)\.(?!.*\.(?:css|less|s[ac]ss|svg|png|jpe?g|gif|woff2?|md)\b)/,
    "own",
    "subject-mocked",
  ),
  rule(/(?:^|\.)(?:grep|grepInvert|fgrep|testNamePattern|new-from-rev)$/, "set"),
  rule(/(?:^|\.)issues-exit-code$/, "set"),
  rule(/(?:^|\.)profile\.[\w-]+\.(?:overflow-checks|debug-assertions)$|^run\.tests$/, "off"),
  rule(/(?:^|\.)report[A-Z]\w+$/, "level"),
  rule(
    /(?:^|[._])(?:retry|retries|retryTimes|reruns|flaky_\w+)(?:\.|$)/,
    "higher",
    "retries-added",
  ),
  rule(/(?:^|\.)(?:\w*[tT]imeout\w*)$/, "higher", "timeout-raised"),
  rule(/(?:^|\.)max-?_?[wW]arnings$/, "higher"),
  rule(
    /(?:coverageThreshold\.|thresholds?\.(?!autoUpdate|perFile)|fail_under$|fail-under$|minScore$|min_score$|minimum_coverage$|(?:nyc|c8|coverage)\.(?:lines|branches|functions|statements)$|^(?:lines|branches|functions|statements)$|(?:project|patch)(?:\.\w+)?\.target$|mutationScore|thresholds?$)/,
    "lower",
  ),
  rule(
    /(?:^|\.)(?:rules|overrides\.rules|lints(?:\.\w+)+|linter\.rules(?:\.\w+)+)\.[^.]+(?:\.level)?$|^(?:part\.)?rules\./,
    "level",
  ),
  rule(/(?:^|\.)analyzer\.|(?:^|\.)(?:linter|formatter)\.enabled$/, "off"),
  rule(
    /(?:^|\.)(?:passWithNoTests|forceExit|ignore_errors|dangerouslyIgnoreUnhandledErrors|suppressImplicitAnyIndexErrors|informational|ignoreSnapshots|automock|no_error_summary|noCheck|ignoreDuringBuilds|ignoreBuildErrors|ignore_outcome|ignore-errors|ignore_missing_imports|skip-?[fF]iles|allowOnly|updateSnapshot|onlyChanged|exit-zero|follow_imports_skip|if-present|ignore-scripts)$/,
    "on",
  ),
  rule(
    /(?:^|\.)compilerOptions\.(?:strict\w*|no(?!Emit$|Lib$|Resolve$|ErrorTruncation$|EmitHelpers$)\w+|exactOptionalPropertyTypes|useUnknownInCatchVariables|alwaysStrict|checkJs)$/,
    "off",
  ),
  rule(
    /(?:^|\.)(?:check-coverage|checkCoverage|forbidOnly|forbid-only|forbidPending|failOnWarnings|errorOnDeprecated|check_untyped_defs|disallow_\w+|warn_\w+|no_implicit_\w+|strict\w*|xfail_strict|typeCheckingMode|failZeroTests|collectCoverage|injectGlobals_required|branch|all)$/,
    "off",
  ),
  rule(/^(?:part\.)?(?:lib|test|bin|bench)\.(?:test|harness|doctest)$|(?:^|\.)autotests$/, "off"),
  rule(
    /(?:^|[._:])(?:exclude\w*|ignores?|ignored|ignorePatterns|testPathIgnorePatterns|coveragePathIgnorePatterns|modulePathIgnorePatterns|extend-(?:ignore|exclude)|extend_(?:ignore|exclude)|exclude-(?:dirs|files|rules)|skip-dirs|disable_error_code|per-file-ignores(?:\.[^.]+)?|per_file_ignores|omit|norecursedirs|collect_ignore\w*|disable[d]?|filterwarnings|testIgnore|skip|ignorePaths|globalIgnores|exclusions)$/,
    "longer",
  ),
  rule(
    /(?:^|[._:])(?:include|includes|select|extend-select|extend_select|testMatch|testRegex|testpaths|python_files|python_functions|python_classes|testDir|collectCoverageFrom|spec|roots|source|source_pkgs|extends|linters\.enable|enable|enabled_checks|projects|env_?list|setupFilesAfterEnv)$/,
    "shorter",
  ),
  rule(/(?:^|\.)repos\.hooks\.id$/, "shorter", "ci-reduced"),
  rule(/^(?:part)?$/, "shorter"),
];

/** Folders that hold no source: to leave them out takes nothing away. */
export const HARMLESS =
  /(?:^|[/*!"'])(?:node_modules|dist\w*|build|out|coverage|\.next|\.nuxt|vendor|third_party|generated|__generated__|target|\.venv|venv|\.git|tmp|\.cache|__pycache__|\.tox|\.mypy_cache)(?:$|[/*"'])|\.d\.ts$|\.min\.js$/;

const LEVELS: Readonly<Record<string, number>> = {
  off: 0,
  "0": 0,
  allow: 0,
  none: 0,
  info: 1,
  hint: 1,
  warn: 1,
  warning: 1,
  "1": 1,
  on: 2,
  error: 2,
  "2": 2,
  deny: 2,
  forbid: 3,
};

export const levelOf = (value: string) => LEVELS[value.replace(/^\W+|\W+$/g, "").toLowerCase()];
