import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { format } from "prettier";
import { liesOf } from "../../../domain/lies/lies.js";
import { readJavaScript } from "../../../domain/lies/reading/javascript.js";
import { PYTHON, readPlain } from "../../../domain/lies/reading/plain.js";
import { readShell } from "../../../domain/lies/reading/shell-line.js";
import { readSettings } from "../../../domain/lies/reading/settings.js";

const word = fc.constantFrom("total", "price", "left", "items", "paid");
const value = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom('"tea"', "true", "null", "[1, 2]", '{ "a": 1, b: [2] }', "`x`"),
);
const matcher = fc.constantFrom("toBe", "toEqual", "not.toBe", "toMatchObject", "toBeDefined");
const assertion = fc
  .tuple(word, word, value, matcher)
  .map(([name, argument, expected, how]) => `expect(${name}(${argument})).${how}(${expected});`);
const test = fc
  .tuple(fc.array(assertion, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([body, awaits]) =>
    awaits ? `async () => { await ready(); ${body.join("\n")} }` : `() => { ${body.join(" ")} }`,
  );
const file = fc
  .array(test, { minLength: 1, maxLength: 5 })
  .map((tests) => tests.map((body, at) => `it("case ${at}", ${body});`));

const liesBetween = (before: string, after: string, path = "test/price.test.js") =>
  liesOf({ files: [{ path, before, after }], commands: [] }, []);
const HEAD = 'import { total } from "../src/price.js";\n';

describe("a test file that says the same", () => {
  it("raises no alarm in another layout", async () => {
    await fc.assert(
      fc.asyncProperty(
        file,
        fc.record({
          printWidth: fc.integer({ min: 20, max: 160 }),
          singleQuote: fc.boolean(),
          semi: fc.boolean(),
          trailingComma: fc.constantFrom("all" as const, "none" as const),
          arrowParens: fc.constantFrom("always" as const, "avoid" as const),
          quoteProps: fc.constantFrom("as-needed" as const, "consistent" as const),
        }),
        async (tests, style) => {
          const text = HEAD + tests.join("\n");
          const other = await format(text, { parser: "babel", ...style });
          expect(liesBetween(text, other)).toEqual([]);
          expect(liesBetween(other, text)).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("raises no alarm in another order, under other titles, or with more tests", () => {
    fc.assert(
      fc.property(file, (tests) => {
        const text = HEAD + tests.join("\n");
        const other = [...tests].reverse().map((each) => each.replace('it("case', 'it("it is so'));
        expect(liesBetween(text, HEAD + [...other, ...other.slice(0, 1)].join("\n"))).toEqual([]);
      }),
    );
  });

  it("is reported when any of its tests is skipped", () => {
    fc.assert(
      fc.property(file, fc.nat(), (tests, nth) => {
        const skipped = tests.with(
          nth % tests.length,
          (tests[nth % tests.length] ?? "").replace("it(", "it.skip("),
        );
        const found = liesBetween(HEAD + tests.join("\n"), HEAD + skipped.join("\n"));
        expect(found.map(({ id }) => id)).toContain("lie/test-skipped/test/price.test.js");
      }),
    );
  });
});

describe("a text of whatever kind", () => {
  it("is read without an error, and compared with itself raises no alarm", () => {
    const path = fc.constantFrom(
      "test/a.test.ts",
      "tests/test_a.py",
      "src/lib.rs",
      "a_test.go",
      "package.json",
      "tox.ini",
      "jest.config.js",
      ".github/workflows/ci.yml",
      "Makefile",
      "check.sh",
      "test/ATest.java",
    );
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "it(",
        '"',
        "`${",
        "def test_x():\n",
        "assert ",
        "{",
        ")",
        "\n",
        "=>",
        "#[test] fn x() {",
        "'''",
        "|| true",
        "- run: x\n",
        "expect(1).toBe(",
      ),
    );
    fc.assert(
      fc.property(path, fc.array(piece), fc.array(piece), (at, one, other) => {
        const [before, after] = [one.join(""), other.join("")];
        expect(liesBetween(before, before, at)).toEqual([]);
        liesBetween(before, after, at);
        readJavaScript("a.tsx", before);
        readPlain(before, PYTHON);
        readShell(before);
        readSettings("a.yaml", before);
      }),
      { numRuns: 300 },
    );
  });
});
