/** Whether the commands that ran before still run, on as much and as strictly. */
import { readShell, type ShellCommand } from "../reading/shell-line.js";
import type { LieKindName } from "../kinds.js";
import { checks, isStrict, RETRIES, swallowsOf } from "./swallowed.js";

/** Scripts by name, as package.json has them, so that one may call another. */
export type Scripts = Readonly<Record<string, string>>;

export interface CommandHit {
  kind: LieKindName;
  what: string;
  minor?: boolean;
}

/** Programs that do the same work; one in place of another is shown, and takes nothing away. */
const GROUPS: readonly (readonly string[])[] = [
  ["jest", "vitest", "mocha", "ava", "tap", "uvu", "karma", "jasmine", "borp", "playwright"].concat(
    ["cypress", "node --test", "tsx --test", "bun test", "deno test"],
  ),
  ["pytest", "unittest", "nose", "nose2", "tox", "nox", "py.test"],
  ["eslint", "biome", "oxlint", "tslint", "standard", "xo"],
  ["ruff", "flake8", "pylint"],
  ["tsc", "vue-tsc", "tsgo", "svelte-check"],
  ["mypy", "pyright", "basedpyright", "ty"],
  ["prettier", "biome", "dprint"],
  ["black", "ruff", "yapf"],
  ["c8", "nyc"],
];

const MANAGERS = /^(?:npm|pnpm|yarn|bun)$/;
const INTERPRETERS =
  /^(?:node|tsx|ts-node|python3?|bash|sh|zsh|ruby|perl|php|java|deno|go|cargo|dotnet|mvn|gradle|\.\/gradlew|make|just|bundle|rake|composer)$/;

/** What tells one command from another: of an interpreter, what it is given to run. */
export function keyOf({ words }: ShellCommand): string {
  const [program = "", ...rest] = words;
  if (rest.includes("--test")) return `${program} --test`;
  if (MANAGERS.test(program)) {
    const [first = "", second = ""] = rest.filter((word) => !word.startsWith("-"));
    if (/^(?:ci|install|i|add)$/.test(first) || first === "") return "install packages";
    if (program === "bun" && first === "test") return "bun test";
    return `run ${/^run(?:-script)?$/.test(first) ? second : first === "t" ? "test" : first}`;
  }
  if (!INTERPRETERS.test(program)) return program;
  const given = rest.find((word) => !word.startsWith("-")) ?? rest[0] ?? "";
  return `${program} ${given.replace(/^\.\//, "")}`.trim();
}

const NARROWS =
  /^--(?:testPathIgnorePatterns|testPathPatterns?|testNamePattern|onlyChanged|changed|changedSince|onlyFailures|findRelatedTests|related|passWithNoTests|pass-with-no-tests|exclude|ignore|ignore-pattern|ignore-path|ignore-glob|deselect|lf|last-failed|grep|grep-invert|fgrep|invert|no-coverage|no-cov|skip|skip-\w+|quiet|allow-only|skipLibCheck|noCheck|exit-zero|cap-lints|test-name-pattern|test-skip-pattern|test-only|suppress-tests|updateSnapshot|update-snapshots|update|snapshot-update|if-present|no-error-on-unmatched-pattern|no-strict|fail-never|continue-on-collection-errors|forceExit)(?:$|=)/;
const NARROWS_BRIEFLY: Readonly<Record<string, RegExp>> = {
  pytest: /^-(?:k|m|p)$/,
  mocha: /^-[gfi]$/,
  jest: /^-[tou]$/,
  vitest: /^-[tu]$/,
  go: /^-(?:run|short|skip)(?:$|=)/,
  playwright: /^-[gu]$/,
};
const AGAIN = /^--(?:retries|retry|reruns|retryTimes|rerun\w*)(?:$|=)/;
const STRICT =
  /^(?:--(?:strict|coverage|check-coverage|cov|cov-fail-under|max-warnings|forbid-only|forbidOnly|fail-under|locked|race|deny|error-on-warnings|all|all-targets|workspace|all-features|check|fail-on-\w+|typecheck|type-check|test|lines|branches|functions|statements)|-race|-D|-Werror)(?:$|=)/;
const TAKES_VALUE =
  /^(?:-[ckmtgprnjRPo]|--(?:project|config|reporter|require|import|loader|max-warnings|ext|cov-fail-under|timeout|testTimeout|workers|maxWorkers|test-reporter|format|lines|branches|functions|statements|retries|reruns|retry|tb|durations|experimental-loader|env-file|shard|output\w*|test-concurrency))$/;

/** @param at what it is called, as `the script "test"`. */
export function compareCommands(
  at: string,
  before: string,
  after: string,
  scripts: { before: Scripts; after: Scripts },
): CommandHit[] {
  const hits: CommandHit[] = [];
  const old = new Set(swallowsOf(expand(before, scripts.before)));
  const swallowed = swallowsOf(expand(after, scripts.after)).find((each) => !old.has(each));
  if (swallowed !== undefined)
    hits.push({
      kind: swallowed.endsWith(RETRIES) ? "retries-added" : "exit-swallowed",
      what: `${at} hides failures (${swallowed})`,
    });
  if (isStrict(before) && !isStrict(after) && commandsOf(after, scripts.after).length > 1)
    hits.push({ kind: "exit-swallowed", what: `${at} goes on after a failure` });
  const given = variablesOf(after).find((each) => !variablesOf(before).includes(each));
  if (given !== undefined)
    hits.push(
      /require|import|loader/.test(given)
        ? { kind: "runner-replaced", what: `${at} loads a file first (${given.slice(0, 60)})` }
        : { kind: "script-narrowed", what: `${at} is given ${given.slice(0, 60)}` },
    );
  const left = commandsOf(after, scripts.after);
  const missing: ShellCommand[] = [];
  for (const command of commandsOf(before, scripts.before)) {
    const same = left.filter((each) => keyOf(each) === keyOf(command));
    const best = same
      .map((each) => ({ each, hits: compareOne(at, command, each) }))
      .toSorted((a, b) => weight(a.hits) - weight(b.hits))[0];
    if (best === undefined) missing.push(command);
    else hits.push(...best.hits);
  }
  for (const command of missing) {
    const { words } = command;
    const program = keyOf(command);
    const others = GROUPS.filter((group) => group.includes(program)).flat();
    const other = left.find((each) => others.includes(keyOf(each)));
    if (other === undefined)
      hits.push({
        kind: "script-narrowed",
        what: `${at} no longer runs ${words.join(" ").slice(0, 60)}`,
      });
    else
      hits.push({
        kind: "runner-changed",
        what: `${at} runs ${keyOf(other)} instead of ${program}`,
        minor: true,
      });
  }
  return hits;
}

/** Variables by which a runner is told to do less, or to load a file of the repository first. */
const variablesOf = (text: string): string[] =>
  text.match(
    /\b(?:PYTEST_ADDOPTS=["']?[^"'\n]*(?:-k|-m|--ignore|--deselect|-p)[^"'\n]*|NODE_OPTIONS=["']?[^"'\n]*(?:--(?:require|import|loader|experimental-loader)[= ]|-r )\.{1,2}\/[^"'\s]*|GOFLAGS=["']?[^"'\n]*-(?:run|short|skip)[^"'\n]*|PYTHONOPTIMIZE=\S+)/g,
  ) ?? [];

const weight = (hits: readonly CommandHit[]) =>
  hits.reduce((sum, { minor }) => sum + (minor === true ? 1 : 10), 0);

/** Commands that can fail, with the scripts that they call. */
export const commandsOf = (text: string, scripts: Scripts): ShellCommand[] =>
  readShell(expand(text, scripts)).filter(
    (command) => checks(command) && !callsScript(command, scripts),
  );

const callsScript = (command: ShellCommand, scripts: Scripts) =>
  scriptsCalled(command, scripts).length > 0;

function scriptsCalled({ words }: ShellCommand, scripts: Scripts): string[] {
  const [program = "", first = "", ...rest] = words;
  if (/^(?:run-s|run-p|npm-run-all|npm-run-all2)$/.test(program))
    return [first, ...rest].filter((name) => Object.hasOwn(scripts, name));
  if (!/^(?:npm|pnpm|yarn|bun)$/.test(program)) return [];
  const given = [first, ...rest].filter(
    (word) => !word.startsWith("-") && word !== "run" && word !== "run-script",
  );
  const name = given[0] === "t" ? "test" : given[0];
  return name !== undefined && Object.hasOwn(scripts, name) ? [name] : [];
}

/** The line followed by the lines of the scripts that it calls. */
function expand(text: string, scripts: Scripts): string {
  const seen = new Set<string>();
  const lines = [text];
  for (const line of lines) {
    for (const command of readShell(line)) {
      for (const name of scriptsCalled(command, scripts)) {
        if (seen.has(name)) continue;
        seen.add(name);
        lines.push(scripts[name] ?? "");
      }
    }
  }
  return lines.join(" && ");
}

function compareOne(at: string, before: ShellCommand, after: ShellCommand): CommandHit[] {
  const hits: CommandHit[] = [];
  const [program = ""] = before.words;
  const had = new Set(before.words);
  const has = new Set(after.words);
  const briefly = NARROWS_BRIEFLY[program];
  for (const word of after.words) {
    if (had.has(word)) continue;
    const narrows = NARROWS.test(word) || briefly?.test(word) === true;
    if (AGAIN.test(word))
      hits.push({ kind: "retries-added", what: `${at} runs failed tests again (${word})` });
    else if (narrows)
      hits.push({
        kind: /passWithNoTests|pass-with-no-tests|exit-zero|fail-never/.test(word)
          ? "exit-swallowed"
          : "script-narrowed",
        what: `${at} now has ${word}`,
      });
  }
  for (const word of before.words)
    if (STRICT.test(word) && !has.has(word) && !isStricter(before.words, after.words, word))
      hits.push({ kind: "script-narrowed", what: `${at} no longer has ${word}` });
  hits.push(
    ...compareNumbers(at, before.words, after.words),
    ...comparePaths(at, before.words, after.words),
  );
  return hits;
}

/** `--max-warnings=0` may be written `--max-warnings 0`; its number is compared apart. */
const isStricter = (before: readonly string[], after: readonly string[], word: string) => {
  const name = word.split("=")[0] ?? "";
  return numberAfter(before, name) !== undefined && numberAfter(after, name) !== undefined;
};

function numberAfter(words: readonly string[], name: string): number | undefined {
  for (const [at, word] of words.entries()) {
    const value =
      word === name
        ? words[at + 1]
        : word.startsWith(`${name}=`)
          ? word.slice(name.length + 1)
          : undefined;
    if (value !== undefined && /^\d+(?:\.\d+)?$/.test(value)) return Number(value);
  }
  return undefined;
}

function compareNumbers(
  at: string,
  before: readonly string[],
  after: readonly string[],
): CommandHit[] {
  return [
    "--cov-fail-under",
    "--fail-under",
    "--lines",
    "--branches",
    "--functions",
    "--statements",
    "--max-warnings",
  ].flatMap((name): CommandHit[] => {
    const [from, to] = [numberAfter(before, name), numberAfter(after, name)];
    if (from === undefined || to === undefined) return [];
    const isWeaker = name === "--max-warnings" ? to > from : to < from;
    return isWeaker
      ? [{ kind: "settings-loosened", what: `${at} has ${name} ${to} instead of ${from}` }]
      : [];
  });
}

const pathsOf = (words: readonly string[]) =>
  words.slice(1).filter((word, n) => {
    if (word.startsWith("-") || TAKES_VALUE.test(words[n] ?? "")) return false;
    return /[/.*]/.test(word) || /^(?:tests?|src|lib|spec|e2e|app)$/.test(word);
  });

function comparePaths(
  at: string,
  before: readonly string[],
  after: readonly string[],
): CommandHit[] {
  const [from, to] = [pathsOf(before), pathsOf(after)];
  if (to.length === 0) return [];
  if (from.length === 0) {
    const isWide = to.every((path) => !isFile(path));
    return [
      { kind: "script-narrowed", what: `${at} now looks at ${to.join(" ")} only`, minor: isWide },
    ];
  }
  const lost = from.find((path) => !to.some((each) => covers(each, path)));
  return lost === undefined
    ? []
    : [{ kind: "script-narrowed", what: `${at} no longer looks at ${lost}` }];
}

const isFile = (path: string) => /\.[a-z]+$/i.test(path) && !/[*{]/.test(path);

function covers(wide: string, path: string): boolean {
  const folder = folderOf(wide);
  const within = folderOf(path);
  if (wide === path || wide === "." || wide === "./") return true;
  if (isFile(wide)) return false;
  return folder === "" || within === folder || within.startsWith(`${folder}/`);
}

/** The part before the first star, without a file's name. */
const folderOf = (path: string) => {
  const plain = path.replace(/^\.\//, "").replace(/\/$/, "");
  const star = plain.search(/[*{]/);
  const fixed = star < 0 ? plain : plain.slice(0, star);
  return star >= 0 || isFile(path) ? fixed.split("/").slice(0, -1).join("/") : fixed;
};
