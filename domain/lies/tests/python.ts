/** Tests of pytest and unittest. */
import { closeOf, isMark, isWord, shapeOf, splitArguments, type Token } from "../reading/token.js";
import type { Source } from "../reading/token.js";
import { readPythonAssertions } from "./python-assertions.js";
import { type Block, blocksOf, type Statement, statementsOf } from "./python-statements.js";
import {
  NO_ROWS,
  type TestCase,
  type TestFile,
  type TestFunction,
  type TestState,
} from "./test-case.js";
import { ofCondition, worse } from "./test-state.js";

export function readPythonTests(path: string, { tokens, whole }: Source): TestFile {
  const statements = statementsOf(tokens);
  const tests: TestCase[] = [];
  const functions = new Map<string, TestFunction>();
  const inside = new Set<Statement>();
  const shared: string[] = [];
  const blocks = blocksOf(statements);
  const imports = importsOf(statements);
  const ofFile = [stateOfFile(statements), stateOfHooks(blocks, undefined)].reduce(worse);
  for (const block of blocks) {
    for (const each of block.body) inside.add(each);
    const body = block.body.flatMap((statement) => statement.tokens);
    const assertions = readPythonAssertions(block.body);
    const calls = callsIn(body);
    functions.set(block.name, { assertions, calls });
    if (isOverridden(block, blocks)) continue;
    if (!isTest(block)) {
      if (block.kind === "def") shared.push(block.name);
      continue;
    }
    const decorators = [...block.decorators, ...block.around.flatMap((each) => each.decorators)];
    const titles = [...block.around.map(({ name }) => name), block.name];
    tests.push({
      path,
      title: titles.join(" > "),
      name: block.name,
      state: [
        ofFile,
        skippedInside(block),
        neverRun(block, blocks),
        ...block.around.flatMap((each) => [stateOfClass(each), stateOfHooks(blocks, each)]),
        ...decorators.map(stateOfDecorator),
      ].reduce(worse),
      assertions,
      calls,
      body: shapeOf(body),
      tokens: body,
      rows: decorators.flatMap(rowsOf),
      retried: decorators.some((each) => each.some((token) => isWord(token, "flaky", "retry"))),
      line: block.line,
    });
  }
  return {
    path,
    tests,
    functions,
    shared,
    outside: readPythonAssertions(statements.filter((statement) => !inside.has(statement))),
    imports,
    mocked: tests
      .flatMap(({ tokens: body }) => patched(body))
      .concat(patchedByDecorator(statements), replacedModules(tokens)),
    tokens,
    whole,
  };
}

const isTest = ({ kind, name, around }: Block) =>
  kind === "def" &&
  /^test/.test(name) &&
  around.every(
    (each) => each.kind === "class" && (/^Test/.test(each.name) || /Test/.test(shapeOf(each.head))),
  );

const callsIn = (tokens: readonly Token[]) =>
  tokens.flatMap((token, at) =>
    token.kind === "word" && isMark(tokens[at + 1], "(") ? [token.text] : [],
  );

function stateOfDecorator(tokens: readonly Token[]): TestState {
  const words = tokens.filter(({ kind }) => kind === "word").map(({ text }) => text);
  if (words.some((word) => /^(?:xfail|expectedFailure)$/.test(word))) return "skipped";
  if (words.some((word) => /^skip(?:if|If|Unless|_if|_unless)$/.test(word))) {
    const open = tokens.findIndex((token) => isMark(token, "("));
    const [condition = []] = splitArguments(tokens.slice(open + 1, closeOf(tokens, open)));
    return ofCondition(shapeOf(condition));
  }
  return words.includes("skip") ? "skipped" : "runs";
}

/** `pytest.skip()` or `self.skipTest()`; under a condition, what the condition says. */
function skippedInside({ body, indent }: Block): TestState {
  const inner = Math.min(...body.map((statement) => statement.indent));
  for (const [at, { tokens, indent: own }] of body.entries()) {
    const isSkip = tokens.some(
      (token, n) =>
        (isWord(token, "skip", "xfail") && isWord(tokens[n - 2], "pytest")) ||
        isWord(token, "skipTest", "SkipTest") ||
        (isWord(token, "importorskip") && isUnused(body, at, n)),
    );
    if (!isSkip) continue;
    if (own <= inner || own <= indent) return "skipped";
    const head = body.slice(0, at).findLast((statement) => statement.indent < own);
    return ofCondition(shapeOf(head?.tokens.slice(1) ?? []));
  }
  return "runs";
}

/** `pytest.importorskip("x")` of a module that the test does not use. */
function isUnused(body: readonly Statement[], at: number, n: number): boolean {
  const { tokens } = body[at] ?? { tokens: [] };
  const name = tokens[n + 2]?.text.split(".")[0] ?? "";
  if (tokens.some((token) => isMark(token, "="))) return false;
  return !body.some((statement) => statement.tokens.some((token) => isWord(token, name)));
}

/** Of two definitions with one name in one place Python keeps the last. */
function isOverridden(block: Block, blocks: readonly Block[]): boolean {
  const scope = block.around.at(-1);
  const isPlain = (each: Block) =>
    each.around.at(-1) === scope &&
    each.indent === (scope === undefined ? 0 : scope.body[0]?.indent) &&
    each.decorators.every((tokens) => !tokens.some((token) => isWord(token, "overload", "setter")));
  const last = blocks.findLast((each) => each.name === block.name && isPlain(each));
  const own = last !== undefined && last !== block && isPlain(block);
  return own || (scope !== undefined && isOverridden(scope, blocks));
}

/** A generator, or a coroutine that unittest does not await: pytest and unittest call it and look no further. */
function neverRun(block: Block, blocks: readonly Block[]): TestState {
  const { body, around, isAsync } = block;
  const inner = new Set(
    blocks.filter((each) => each.around.includes(block)).flatMap((each) => each.body),
  );
  const yields = body.some(
    (statement) => !inner.has(statement) && isWord(statement.tokens[0], "yield"),
  );
  const isCase = around.some(({ head }) => head.some((token) => isWord(token, "TestCase")));
  return yields || (isAsync && isCase) ? "skipped" : "runs";
}

/** `__test__ = False`, `pytestmark = ...`, and a constructor: pytest then takes no tests from a class. */
function stateOfClass({ body, head }: Block): TestState {
  const own = body.filter(({ indent }) => indent === body[0]?.indent);
  const isCase = head.some((token) => /TestCase$/.test(token.text));
  const constructs = own.some(
    ({ tokens }) => isWord(tokens[0], "def") && isWord(tokens[1], "__init__"),
  );
  return constructs && !isCase
    ? "skipped"
    : stateOfFile(own.map((each) => ({ ...each, indent: 0 })));
}

const HOOKS = /^(?:set_?up(?:_?(?:class|method|module|function))?)$/i;

/** What runs before each test of a class or file, and skips. */
const stateOfHooks = (blocks: readonly Block[], scope: Block | undefined): TestState =>
  blocks
    .filter(
      ({ name, around, decorators }) =>
        around.at(-1) === scope &&
        (HOOKS.test(name) || decorators.some((each) => each.some((one) => isWord(one, "autouse")))),
    )
    .map(skippedInside)
    .reduce<TestState>(worse, "runs");

/** `pytestmark = pytest.mark.skip`, `pytest.skip(..., allow_module_level=True)`, `__test__ = False`. */
function stateOfFile(statements: readonly Statement[]): TestState {
  for (const { tokens, indent } of statements) {
    if (indent > 0) continue;
    if (isWord(tokens[0], "pytestmark")) return stateOfDecorator(tokens);
    if (isWord(tokens[0], "__test__") && isWord(tokens[2], "False")) return "skipped";
    if (isWord(tokens[0], "pytest") && isWord(tokens[2], "skip")) return "skipped";
  }
  return "runs";
}

function rowsOf(decorator: readonly Token[]): string[] {
  const at = decorator.findIndex((token) => isWord(token, "parametrize"));
  if (at < 0) return [];
  const given = splitArguments(decorator.slice(at + 2, closeOf(decorator, at + 1)));
  const rows = splitArguments(given[1]?.slice(1, -1) ?? []).map(shapeOf);
  return shapeOf(given[1] ?? []) === "[ ]" ? [NO_ROWS] : rows;
}

function importsOf(statements: readonly Statement[]): TestFile["imports"] {
  return statements.flatMap(({ tokens }) => {
    const at = tokens.findIndex((token) => isWord(token, "import"));
    if (at < 0 || !isWord(tokens[0], "import", "from")) return [];
    const module = isWord(tokens[0], "from") ? tokens.slice(1, at) : tokens.slice(1);
    const names = tokens.slice(at + 1).filter((token) => isWord(token) && !isWord(token, "as"));
    return [
      { from: module.map(({ text }) => text).join(""), names: names.map(({ text }) => text) },
    ];
  });
}

/** `monkeypatch.setattr("pkg.mod.name", ...)`, `monkeypatch.setattr(mod, "name", ...)`, `patch("pkg.name")`. */
function patched(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token, at) => {
    const isPatch =
      isWord(token, "setattr", "patch") ||
      (isWord(token, "object") && isWord(tokens[at - 2], "patch"));
    if (!isPatch || !isMark(tokens[at + 1], "(")) return [];
    const [first = [], second = []] = splitArguments(tokens.slice(at + 2, closeOf(tokens, at + 1)));
    if (first[0]?.kind === "string") return [first[0].text];
    const name = second[0]?.kind === "string" ? `.${second[0].text}` : "";
    return [first.map(({ text }) => text).join("") + name];
  });
}

/** `sys.modules["price"] = ...`. */
const replacedModules = (tokens: readonly Token[]) =>
  tokens.flatMap((token, at) =>
    isWord(token, "modules") && isMark(tokens[at + 1], "[") && isMark(tokens[at + 4], "=")
      ? [tokens[at + 2]?.text ?? ""]
      : [],
  );

const patchedByDecorator = (statements: readonly Statement[]) =>
  statements.flatMap(({ tokens }) => (isMark(tokens[0], "@") ? patched(tokens) : []));
