import { describe, expect, it } from "@jest/globals";
import { testLanguageOf, withFailingExamples, withFailure } from "../../domain/planted-failure.js";

const FAILS = "WORD";
const linesWith = (text: string) => text.split("\n").filter((line) => line.includes(FAILS));

describe("a failure is planted in", () => {
  it.each([
    ["a test", "a.test.js", 'test("a", async (t) => {'],
    ["one whose body is an expression", "a.test.js", 'it("a", () => expect(one()).toBe(1));'],
    ["one whose name is told elsewhere", "test/a.js", "test(each.name, () => same(each));"],
    ["one with a quote in its name", "a.test.js", 'it("says \\"a\\"", function () {'],
    ["Go's", "a_test.go", "func TestA(t *testing.T) {"],
    ["Go's with made inputs", "a_test.go", "func FuzzA(f *testing.F) {"],
    ["Go's examples", "a_test.go", "func ExampleA() {"],
    ["Rust's", "src/lib.rs", "#[test]\nfn a() {"],
    ["Rust's with cases", "src/lib.rs", "#[rstest]\n#[case(1)]\nfn a(#[case] n: u32) {"],
  ])("%s", (_, path, text) => {
    expect(linesWith(withFailure(path, text, FAILS) ?? "")).toHaveLength(1);
    expect(withFailure(path, text, FAILS)).not.toMatch(/forEach/);
  });

  it("the file, where all that can be read of it is left out", () => {
    const text = 'it.skip("a", () => {});\nfor (const each of all) one(each);\n';
    expect(withFailure("a.test.js", text, FAILS)).toMatch(/^\n;\[0\]\.forEach[^\n]*\nit\.skip/);
    expect(withFailure("test/a.js", text, FAILS)).toBeUndefined();
  });

  it("examples of documentation, which are no tests by themselves", () => {
    const python = '"""Of a.\n\n    >>> a()\n    1\n"""\n';
    expect(withFailure("a.py", python, FAILS)).toBeUndefined();
    expect(linesWith(withFailingExamples("a.py", python, FAILS))).toEqual([
      '    >>> assert not "WORD"',
    ]);
    const rust = "/// ```\n/// a();\n/// ```\n/// ```text\n/// no\n/// ```\nfn a() {}\n";
    expect(withFailure("a.rs", rust, FAILS)).toBeUndefined();
    expect(linesWith(withFailingExamples("a.rs", rust, FAILS))).toEqual([
      '/// if true { panic!("WORD") }',
    ]);
  });
});

it("is not planted in what is to fail, is left out, or is no test", () => {
  const panics = "#[test]\n#[should_panic]\nfn a() {}\n#[cfg(test)]\nfn b() {}\n";
  expect(withFailure("src/lib.rs", panics, FAILS)).toBeUndefined();
  expect(testLanguageOf("tests/conftest.py")).toBeUndefined();
  expect(testLanguageOf("src/price.js")).toBeUndefined();
});
