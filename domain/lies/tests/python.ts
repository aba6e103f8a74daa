/** Tests of pytest and unittest. */
import { closeOf, isMark, isWord, shapeOf, splitArguments, type Token } from "../reading/token.js";
import type { Source } from "../reading/token.js";
import { readPythonAssertions } from "./python-assertions.js";
import { type Block, blocksOf, type Statement, statementsOf } from "./python-statements.js";
import type { TestCase, TestFile, TestFunction, TestState } from "./test-case.js";
import { ofCondition, worse } from "./test-state.js";

export function readPythonTests(path: string, { tokens, whole }: Source): TestFile {
  const statements = statementsOf(tokens);
  const tests: TestCase[] = [];
  const functions = new Map<string, TestFunction>();
  const inside = new Set<Statement>();
  const shared: string[] = [];
  const ofFile = stateOfFile(statements);
  for (const block of blocksOf(statements)) {
    for (const each of block.body) inside.add(each);
    const body = block.body.flatMap((statement) => statement.tokens);
    const assertions = readPythonAssertions(block.body);
    const calls = callsIn(body);
    functions.set(block.name, { assertions, calls });
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
      state: [ofFile, skippedInside(block), ...decorators.map(stateOfDecorator)].reduce(worse),
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
    imports: importsOf(statements),
    mocked: tests
      .flatMap(({ tokens: body }) => patched(body))
      .concat(patchedByDecorator(statements)),
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
        isWord(token, "skipTest"),
    );
    if (!isSkip) continue;
    if (own <= inner || own <= indent) return "skipped";
    const head = body.slice(0, at).findLast((statement) => statement.indent < own);
    return ofCondition(shapeOf(head?.tokens.slice(1) ?? []));
  }
  return "runs";
}

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
  return splitArguments(given[1]?.slice(1, -1) ?? []).map(shapeOf);
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

const patchedByDecorator = (statements: readonly Statement[]) =>
  statements.flatMap(({ tokens }) => (isMark(tokens[0], "@") ? patched(tokens) : []));
