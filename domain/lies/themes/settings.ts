/** Settings of tests, coverage, lint and types: thresholds, rules, lists of what is left out. */
import { baseName, type Change, type ChangedFile, textOf } from "../changed-file.js";
import type { Hit } from "../kinds.js";
import { readSettings, type Settings } from "../reading/settings.js";
import { compareCommands } from "./commands-kept.js";
import { HARMLESS, levelOf, SETTING_RULES, type SettingRule } from "./setting-rules.js";

/** Names of files, and whose settings they are. */
const FILES: readonly (readonly [RegExp, string])[] = [
  [/^package\.json$/, "package"],
  [
    /^(?:jest|vitest|vite|ava|karma|wdio|web-test-runner)[.-](?:\w+\.)?(?:config|conf|workspace)\.|^\.taprc/,
    "test",
  ],
  [/^\.mocharc/, "test"],
  [/^(?:playwright|cypress)\.config\./, "e2e"],
  [/^tsconfig.*\.json$|^jsconfig\.json$/, "types"],
  [/^\.(?:nycrc|c8rc)|^nyc\.config\.|^\.?codecov\.ya?ml$|^stryker\.conf/, "coverage"],
  [
    /^\.eslintrc|^eslint\.config\.|^biome\.jsonc?$|^tslint\.json$|^\.oxlintrc\.json$|^\.stylelintrc|^\.rubocop\.yml$/,
    "lint",
  ],
  [
    /^pyproject\.toml$|^setup\.cfg$|^tox\.ini$|^pytest\.ini$|^\.?mypy\.ini$|^\.?ruff\.toml$|^\.flake8$|^\.?pylintrc$|^\.coveragerc$|^pyrightconfig\.json$/,
    "python",
  ],
  [/^Cargo\.toml$|^\.?clippy\.toml$/, "rust"],
  [/^\.golangci\.(?:ya?ml|toml)$/, "go"],
  [/^\.pre-commit-config\.yaml$|^lefthook\.ya?ml$/, "hooks"],
  [/^\.npmrc$|^bunfig\.toml$|^deno\.jsonc?$/, "package"],
];

export const familyOf = (path: string) => FILES.find(([name]) => name.test(baseName(path)))?.[1];

/** Of a package's file only what its tools read. */
const TOOLS_OF_PACKAGE = /^(?:jest|mocha|nyc|c8|ava|tap|vitest|eslintConfig|xo|stylelint|tsd)\./;

export function settingHits(file: ChangedFile, { files }: Change): Hit[] {
  const { path } = file;
  const family = familyOf(path);
  if (family === undefined || typeof file.before !== "string") return [];
  const before = read(path, file.before);
  if (before === undefined) return [];
  if (file.after === undefined) {
    const others = files.filter(
      (each) => each !== file && familyOf(each.path) === family && typeof each.after === "string",
    );
    const heirs = others.flatMap((each) => [...(read(each.path, textOf(each.after)) ?? [])]);
    if (others.length === 0)
      return family === "package" || before.size === 0
        ? []
        : [{ kind: "settings-removed", path, what: "the settings are gone" }];
    return compare(path, byLastName(before), byLastName(new Map(heirs)), true);
  }
  const after = read(path, textOf(file.after));
  if (after === undefined)
    return [{ kind: "not-compared", path, what: "the settings cannot be read any more" }];
  return [...compare(path, before, after, false), ...optionHits(path, before, after)];
}

function read(path: string, text: string): Settings | undefined {
  const settings = readSettings(path, text);
  if (settings === undefined || baseName(path) !== "package.json") return settings;
  return new Map([...settings].filter(([key]) => TOOLS_OF_PACKAGE.test(key)));
}

const byLastName = (settings: Settings): Settings =>
  new Map([...settings].map(([key, value]) => [key.split(".").slice(-2).join("."), value]));

function compare(path: string, before: Settings, after: Settings, moved: boolean): Hit[] {
  const inherits = [...after.keys()].some(
    (key) => /(?:^|\.)extends$/.test(key) && !before.has(key),
  );
  const isStrict =
    after.get("compilerOptions.strict") === "true" &&
    before.get("compilerOptions.strict") !== "true";
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key): Hit[] => {
    const [from, to] = [before.get(key), after.get(key)];
    const fitting = SETTING_RULES.find((each) => each.key.test(key));
    if (fitting === undefined || String(from) === String(to)) return [];
    if (
      to === undefined &&
      (inherits || moved || (isStrict && /strict|no/.test(key))) &&
      fitting.weaker !== "lower"
    )
      return [];
    const what =
      /(?:^|\.)extends$|^(?:part)?$/.test(key) && to !== undefined
        ? unextended(from, to)
        : weakened(fitting, from, to);
    return what === undefined
      ? []
      : [{ kind: fitting.kind, path, what: `${key} ${what}`.slice(0, 160) }];
  });
}

type Value = string | string[] | undefined;

/** Sets of rules that were taken in and have no heir: another of the same place, or one that says more. */
function unextended(from: Value, to: Value): string | undefined {
  const sets = (value: Value) =>
    [value ?? []]
      .flat()
      .filter(
        (each) =>
          /recommended|strict|all|config|standard|airbnb|base/i.test(each) && !each.startsWith("{"),
      );
  const [was, left] = [sets(from), sets(to)];
  const gone = was.filter((each) => !left.includes(each));
  const fresh = left.filter((each) => !was.includes(each));
  return gone.length > fresh.length ? `no longer has ${gone[0] ?? ""}` : undefined;
}

/** @returns how it became weaker. */
function weakened({ weaker, kind }: SettingRule, from: Value, to: Value): string | undefined {
  switch (weaker) {
    case "lower":
    case "higher": {
      const [a, b] = [numberOf(from), numberOf(to)];
      if (weaker === "lower" && a !== undefined && b === undefined) return "is no longer set";
      if (b === undefined) return undefined;
      const worse = weaker === "lower" ? a !== undefined && b < a : b > (a ?? 0);
      return worse ? `went from ${a ?? "nothing"} to ${b}` : undefined;
    }
    case "on":
      return isOn(to) && !isOn(from) ? "is on" : undefined;
    case "off":
      return (isOn(from) && !isOn(to)) || (from === undefined && isOff(to)) ? "is off" : undefined;
    case "set":
      return to === undefined ? undefined : `is ${firstOf(to)}`;
    case "own": {
      const path = listOf(to).find(
        (each) => !listOf(from).includes(each) && OWN[kind]?.test(each) === true,
      );
      return path === undefined ? undefined : `is ${path}`;
    }
    case "longer": {
      const added = listOf(to).find(
        (each) => !listOf(from).includes(each) && !HARMLESS.test(each) && !each.startsWith("!"),
      );
      return added === undefined ? undefined : `now leaves out ${added}`;
    }
    case "shorter": {
      const left = listOf(to);
      const gone = listOf(from).find((each) => !left.includes(each));
      const cut = left.find(
        (each) => each.startsWith("!") && !listOf(from).includes(each) && !HARMLESS.test(each),
      );
      if (cut !== undefined) return `now leaves out ${cut}`;
      const isWider = gone !== undefined && left.some((each) => widens(each, gone));
      const isDefault = to === undefined;
      if (from === undefined && left.length > 0 && left.every((each) => ONE_FILE.test(each)))
        return `now has ${left[0] ?? ""} only`;
      return gone === undefined || isWider || isDefault ? undefined : `no longer has ${gone}`;
    }
    case "level": {
      const [a, b] = [levelOf(firstOf(from)), levelOf(firstOf(to))];
      if (to === undefined) return a !== undefined && a >= 2 ? "is no longer set" : undefined;
      return b !== undefined && b < (a ?? 2) ? `is ${firstOf(to)}` : undefined;
    }
  }
}

/** What a setting that may name a file of the repository must not name. */
const OWN: Readonly<Record<string, RegExp>> = {
  "runner-replaced": /^(?:<rootDir>|\.{0,2})\/|^(?:tools|scripts|test)\//,
  "subject-mocked": /(?:^|[/._-])(?:fakes?|stubs?|mocks?|__mocks__)(?:[/._-]|$)/i,
};
/** A test by its whole name, with nothing left open. */
const ONE_FILE = /(?:^|\/)[\w-]+[._](?:test|spec)s?\.[cm]?[jt]sx?$|(?:^|\/)test_\w+\.py$/;

const numberOf = (value: Value) => {
  const chosen = /\? (\d+) : (\d+)$/.exec(
    firstOf([value ?? ""].flat().slice(0, 1)) === "" ? "" : String(value),
  );
  if (chosen !== null) return Math.max(Number(chosen[1]), Number(chosen[2]));
  const found = /^-?\s?\d+(?:\.\d+)?/.exec(firstOf(value))?.[0];
  if (found !== undefined) return Number(found.replace(" ", ""));
  return firstOf(value) === "true" ? 1 : undefined;
};
const firstOf = (value: Value) => {
  const first = Array.isArray(value) ? (value[0] ?? "") : (value ?? "");
  return first.replace(/^[["\s]+/, "").split(/["\s,\]]/)[0] ?? "";
};
const isOn = (value: Value) => /^(?:true|on|yes|1|strict|standard|full)$/i.test(firstOf(value));
const isOff = (value: Value) => /^(?:false|off|no|0|basic)$/i.test(firstOf(value));
const listOf = (value: Value): string[] =>
  (Array.isArray(value) ? value : (value ?? "").split(/[\s,]+/)).filter((each) => each !== "");

/** `test/**` has all that `test/unit/*.test.js` has. */
const widens = (wide: string, narrow: string) => {
  const stem = wide.split(/[*{(]/)[0] ?? "";
  return (
    wide.includes("*") &&
    narrow.startsWith(stem) &&
    stem.length < narrow.length &&
    wide.length <= narrow.length + 8
  );
};

/** Options given to a program in its settings: pytest's addopts, tox's commands, mocha's. */
function optionHits(path: string, before: Settings, after: Settings): Hit[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => /(?:^|\.)(?:addopts|commands|node-option|test_command)$/.test(key))
    .flatMap((key) => {
      const lines = (value: Value) => (Array.isArray(value) ? value.join(" ") : (value ?? ""));
      const isOptions = /addopts$/.test(key);
      const asLine = (value: Value) => (isOptions ? `pytest ${lines(value)}` : lines(value).trim());
      const dashed =
        !isOptions &&
        /(?:^|\n)\s*-\s/.test(lines(after.get(key))) &&
        !/(?:^|\n)\s*-\s/.test(lines(before.get(key)));
      const hits = compareCommands(key, asLine(before.get(key)), asLine(after.get(key)), {
        before: {},
        after: {},
      });
      return [
        ...hits.map((hit): Hit => ({ ...hit, path })),
        ...(dashed
          ? [{ kind: "exit-swallowed" as const, path, what: `${key} hides failures (-)` }]
          : []),
      ];
    });
}
