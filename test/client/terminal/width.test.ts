import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { displayWidth, wrap, wrapWhole } from "../../../client/terminal/width.js";

describe("text in lines", () => {
  it("is broken between words, and cut at the end of the last line that there is room for", () => {
    expect(wrap("one two three four", 9, 4)).toEqual(["one two", "three", "four"]);
    expect(wrap("one two three four five", 9, 2)).toEqual(["one two", "three fo…"]);
    expect(wrap("short", 9, 2)).toEqual(["short"]);
  });

  it("never takes more lines or columns than it is given, and shows every word where there is room", () => {
    const words = fc.array(fc.stringMatching(/^[a-z日]{1,12}$/u), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        words,
        fc.integer({ min: 12, max: 40 }),
        fc.integer({ min: 1, max: 5 }),
        (all, columns, most) => {
          const lines = wrap(all.join(" "), columns, most);
          expect(lines.length).toBeLessThanOrEqual(most);
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
          const roomy = wrap(all.join(" "), 24, 1_000);
          expect(roomy.join(" ")).toBe(all.join(" "));
        },
      ),
    );
  });

  it("keep their indent and every word whole where they are wrapped without a cut", () => {
    expect(wrapWhole("    add it to settings.yaml now", 16)).toEqual([
      ...["    add it to", "    settings.yaml", "    now"],
    ]);
    expect(wrapWhole("short", 16)).toEqual(["short"]);
  });
});
