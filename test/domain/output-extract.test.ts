import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { extractOf } from "../../domain/output-extract.js";

const noise = (lines: number, what = "ok") =>
  Array.from({ length: lines }, (_, n) => `${what} ${n} - passes as it always did`);

describe("the part of an output that says why it failed", () => {
  it.each([
    ["node", ["not ok 17 - adds", "  error: 'Expected values to be strictly equal: 3 !== 4'"]],
    ["jest", ["● sums › adds", "    expect(received).toBe(expected)", "    Expected: 4"]],
    ["pytest", ["    def test_adds():", ">       assert add(1, 2) == 4", "E       assert 3 == 4"]],
    ["go", ["--- FAIL: TestAdds (0.00s)", "    add_test.go:7: got 3, want 4"]],
    ["cargo", ["thread 'adds' panicked at src/lib.rs:9:9:", "  left: 3", " right: 4"]],
  ])("has the assertion of %s between much that passed", (_, failure) => {
    const output = [...noise(500), ...failure, ...noise(500), "1 of 1001 failed"].join("\n");
    const said = extractOf(output, 1_500);
    for (const line of failure) expect(said).toContain(line);
    expect(said).toContain("1 of 1001 failed");
    expect(said).toContain("[...]");
  });

  it("is all of a short one", () => {
    expect(extractOf("a\nb\n", 100)).toBe("a\nb");
  });

  it("is its end where nothing looks like a failure", () => {
    const said = extractOf(noise(1_000, "line").join("\n"), 500);
    expect(said).toMatch(/^\[\.\.\.\]\nline \d+/);
    expect(said).toContain("line 999");
  });

  it("keeps its bounds, its order and its lines, whatever comes", () => {
    const line = fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom("Error: x", "not ok 1"));
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 60 }),
        fc.integer({ min: 1, max: 400 }),
        (all, limit) => {
          const whole = all.join("\n");
          const said = extractOf(whole, limit);
          const told = said.split("\n").filter((each) => each !== "[...]");
          expect(told.join("\n").length).toBeLessThanOrEqual(limit);
          let from = 0;
          for (const each of told) {
            from = whole.indexOf(each, from);
            expect(from).toBeGreaterThanOrEqual(0);
          }
        },
      ),
    );
  });
});
