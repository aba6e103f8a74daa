/** What stands in for the program that runs the checks. */
import { baseName, type ChangedFile, isSetup, isTestPath, textOf } from "../changed-file.js";
import type { Hit } from "../kinds.js";
import { languageOf, readSource } from "../reading/source.js";
import { shapeOf } from "../reading/token.js";

const TOOLS =
  /^(?:jest|vitest|mocha|ava|tap|uvu|c8|nyc|playwright|@playwright\/test|cypress|eslint|typescript|tsc|prettier|biome|@biomejs\/biome|chai|sinon|@jest\/\S+|@vitest\/\S+|@testing-library\/\S+|ts-jest|node|npm|npx|pytest|unittest|nose|tox|coverage|mypy|ruff|flake8|pylint|black|cargo|go)$/;
const ELSEWHERE =
  /^(?:file:|link:|portal:|patch:|npm:|git|https?:|\.{0,2}\/|[\w-]+\/[\w.-]+(?:#|$))/;
/** Python takes a file of the repository before an installed package of the same name. */
const SHADOWS =
  /^(?:src\/)?(?:(?:pytest|unittest|_pytest|pluggy|nose|coverage|mypy|ruff|flake8|pylint|hypothesis)(?:\/__init__)?|sitecustomize|usercustomize)\.py$/;
const HOOKS =
  /\b(?:pytest_(?:collection_modifyitems|cmdline_main|runtest_setup|load_initial_conftests|runtest_makereport|runtest_call|runtest_protocol|runtest_logreport|sessionfinish|ignore_collect|pyfunc_call|collection_finish|report_teststatus|itemcollected|collect_file|exception_interact|unconfigure)|collect_ignore(?:_glob)?)\b/;
const BENDS =
  /\b(?:skip|deselect\w*|clear|exitstatus|outcome|excinfo|force_result|passed|xfail|remove|exit|collect_ignore\w*)\b|\[ : \]|return (?:None|True|0|""|\[ \])/;

export function runnerHits(file: ChangedFile): Hit[] {
  const { path, before, after } = file;
  if (after === undefined) return [];
  const hit = (what: string): Hit[] => [{ kind: "runner-replaced", path, what }];
  const [, folder, name = ""] = /^(.*?)node_modules(?:\/((?:@[^/]+\/)?[^/]+)|$)/.exec(path) ?? [];
  const isOfTests = isTestPath(`${folder ?? ""}index.js`) && !TOOLS.test(name);
  if (folder !== undefined && /(?:^|\/)$/.test(folder) && !isOfTests)
    return hit("an installed package was put into the repository");
  if (before === undefined && SHADOWS.test(path))
    return hit("Python takes this file before the real program");
  const isProgram = TOOLS.test(baseName(path).replace(/\.(?:sh|[cm]?js|py)$/, ""));
  const isInPath = file.executable === true || /(?:^|\/)(?:bin|\.bin)\//.test(path);
  if (before === undefined && isProgram && isInPath && typeof after === "string")
    return hit("it has the name of a program that checks");
  if (typeof after !== "string") return [];
  if (baseName(path) === "package.json") return packageHits(path, textOf(before), after);
  if (/^(?:package-lock|npm-shrinkwrap)\.json$/.test(baseName(path)))
    return linkHits(textOf(before), after, hit);
  const [, wanted, said] = STAND_INS.find(([name]) => name.test(path)) ?? [];
  if (wanted !== undefined) {
    const line = addedLine(textOf(before), after, wanted);
    return line === undefined ? [] : hit(`${said ?? ""}: ${line.trim().slice(0, 80)}`);
  }
  if (baseName(path) === ".npmrc") {
    const line = addedLine(
      textOf(before),
      after,
      /^\s*(?:script-shell|node-options|ignore-scripts|prefix)\s*=/,
    );
    return line === undefined ? [] : hit(line.trim());
  }
  if (languageOf(path) === "python") return pythonHits(path, textOf(before), after, hit);
  if (languageOf(path) === "javascript" && (isTestPath(path) || isSetup(path)))
    return overrideHits(path, textOf(before), after, hit);
  return [];
}

const addedLine = (before: string, after: string, wanted: RegExp) => {
  const old = new Set(before.split("\n"));
  return after.split("\n").find((line) => wanted.test(line) && !old.has(line));
};

function packageHits(path: string, before: string, after: string): Hit[] {
  const [from, to] = [entries(before), entries(after)];
  return [...to].flatMap(([key, value]): Hit[] => {
    if (from.get(key) === value) return [];
    const [group = "", ...rest] = key.split("\0");
    const name = rest.at(-1) ?? "";
    if (!TOOLS.test(name)) return [];
    const isBin = group === "bin";
    if (!isBin && !ELSEWHERE.test(value)) return [];
    if (!isBin && value.startsWith(`npm:${name}@`)) return [];
    return [{ kind: "runner-replaced", path, what: `${name} is ${value.slice(0, 60)}` }];
  });
}

/** In a lock file, a program that checks as a link to a folder. */
function linkHits(before: string, after: string, hit: (what: string) => Hit[]): Hit[] {
  const links = (text: string) =>
    [...text.matchAll(/"node_modules\/([^"]+)": \{[^{}]*"link": true/g)].map(
      ([, name = ""]) => name,
    );
  const known = links(before);
  return links(after)
    .filter((name) => TOOLS.test(name) && !known.includes(name))
    .flatMap((name) => hit(`${name} is a link to a folder`));
}

/** Lines of files by which a program that checks comes from elsewhere. */
const STAND_INS: readonly (readonly [RegExp, RegExp, string])[] = [
  [
    /(?:^|\/)go\.(?:mod|work)$/,
    /(?:testify|gomega|ginkgo|gocheck|quicktest|go-cmp|gotest\.tools)\S*(?: v\S+)? => \.{0,2}\//,
    "a library of assertions comes from a folder",
  ],
  [
    /(?:^|\/)\.cargo\/config(?:\.toml)?$/,
    /^\s*(?:runner\s*=.*["'](?:\/bin\/|\/usr\/bin\/)?(?:true|echo|:|\.{1,2}\/|tools\/|scripts\/|sh |bash )|rustc(?:-wrapper|-workspace-wrapper)?\s*=\s*["'][./])/,
    "another program runs the tests",
  ],
  [
    /(?:^|\/)(?:pyproject\.toml|Pipfile|requirements[\w.-]*\.txt)$/,
    /^\s*["']?(?:pytest(?:-\w+)?|coverage|mypy|ruff|flake8|pylint|hypothesis)["']?\s*(?:=\s*\{.*\bpath\s*=|@\s*(?:file:|\.))/,
    "a program that checks comes from a folder",
  ],
  [
    /(?:^|\/)Cargo\.toml$/,
    /^\s*(?:pretty_assertions|proptest|quickcheck|insta|rstest|similar-asserts|claims|googletest)\s*=\s*\{.*\bpath\s*=/,
    "a library of assertions comes from a folder",
  ],
  [
    /\.(?:ba|z|k)?sh$|(?:^|\/)\.husky\//,
    /^\s*(?:function\s+)?(?:npm|npx|node|pnpm|yarn|bun|jest|vitest|pytest|python3?|cargo|go|make|eslint|tsc|ruff|mypy)\s*\(\)|^\s*alias\s+(?:npm|npx|node|pnpm|yarn|jest|vitest|pytest|cargo|go|make|eslint|tsc)=/,
    "a program that checks is given another meaning",
  ],
];

const GROUPS = [
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "overrides",
  "resolutions",
  "bin",
  "imports",
];

function entries(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (value: unknown, key: string) => {
    if (typeof value === "string") found.set(key, value);
    else if (typeof value === "object" && value !== null)
      for (const [name, each] of Object.entries(value)) walk(each, `${key}\0${name}`);
  };
  try {
    const read = JSON.parse(text) as Record<string, unknown>;
    for (const group of GROUPS) walk(read[group], group);
    const pnpm = read["pnpm"] as Record<string, unknown> | undefined;
    walk(pnpm?.["overrides"], "overrides");
  } catch {
    return found; // not read before or after: nothing can be told of it here
  }
  return found;
}

function pythonHits(
  path: string,
  before: string,
  after: string,
  hit: (what: string) => Hit[],
): Hit[] {
  const overrides = (text: string) =>
    shapeOf(readSource(path, text).tokens).match(PYTHON_OVERRIDES)?.length ?? 0;
  if (isTestPath(path) && overrides(after) > overrides(before))
    return hit("it replaces what tests call");
  if (!isSetup(path) && !/(?:^|\/)[^/]*plugin[^/]*\.py$/.test(path)) return [];
  if (!HOOKS.test(after)) return [];
  const [from, to] = [readSource(path, before), readSource(path, after)].map(({ tokens }) =>
    shapeOf(tokens),
  );
  if (from === to || !BENDS.test(to ?? "")) return [];
  const bent = (shape: string) =>
    shape.match(new RegExp(`${HOOKS.source}|${BENDS.source}`, "g"))?.length ?? 0;
  return bent(to ?? "") > bent(from ?? "")
    ? hit("it decides which tests run, or what became of them")
    : [];
}

/** Of unittest and pytest; a hook by which a file says which tests it has. */
const PYTHON_OVERRIDES =
  /\bdef (?:assert(?:Equals?|True|False|Is|IsNone|In|Raises|AlmostEqual|DictEqual|ListEqual)|load_tests|fail) \(|(?:TestCase|unittest|pytest|testing) \. (?:assert\w*|raises|fail) = /g;

/** `global.expect = ...`, `assert.equal = ...`, `expect.extend({ toBe`, `process.exit = ...`. */
const OVERRIDES =
  /\b(?:(?:globalThis|global|window) (?:\. (?:expect|it|test|describe|assert)|\[ "(?:expect|it|test|describe|assert)" \])|assert \. \w+|expect \. \w+|process \. (?:exit|exitCode|reallyExit|emit)|(?<!(?:const|let|var|[,({]) )(?:it|test|describe)) = (?!=)|expect \. extend \( \{ (?:[^}]*, )?(?:async )?(?:to(?:Be|Equal|StrictEqual|Match|Contain|Throw|HaveLength))\b|Object \. defineProperty \( (?:globalThis|global|assert|process|expect)\b|spyOn \( (?:assert|globalThis|global|process) , "(?:\w*[eE]qual|ok|expect|exit)"|addEqualityTesters \( \[ (?:\([^)]*\)|\w+) => true|overwrite(?:Method|Property) \( "/g;

function overrideHits(
  path: string,
  before: string,
  after: string,
  hit: (what: string) => Hit[],
): Hit[] {
  if (!/\b(?:expect|assert|exit|it|test|describe)\b/.test(after)) return [];
  const count = (text: string) => shapeOf(readSource(path, text).tokens).match(OVERRIDES) ?? [];
  const now = count(after).filter((each) => !/process \. exitCode = $/.test(each));
  return now.length > count(before).filter((each) => !/process \. exitCode = $/.test(each)).length
    ? hit(`it replaces what tests call (${now.at(-1)?.slice(0, 40) ?? ""})`)
    : [];
}
