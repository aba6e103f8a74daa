import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { cutAtWord } from "../../domain/cut-words.js";
import { worstOf } from "../../domain/qa-words.js";

describe("a sentence that is cut", () => {
  it("ends after a word, shows the cut and closes what it quotes", () => {
    const told = 'the step failed [http://localhost:3000/ (expect "3 euro and more than that")]';
    expect(cutAtWord(told, 60)).toBe('the step failed [http://localhost:3000/ (expect "3 euro…")]');
    expect(cutAtWord(told, told.length)).toBe(told);
    expect(cutAtWord("one two three", 10)).toBe("one two…");
  });

  it("is never longer than asked, and its quotes come in pairs", () => {
    const piece = fc.constantFrom("word ", '"', "(", ")", "[", "]", "long", " ");
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: 0, max: 80 }), (pieces, most) => {
        const text = pieces.join("");
        const cut = cutAtWord(text, most);
        expect(cut.length).toBeLessThanOrEqual(most);
        if (cut !== text && cut.endsWith("…")) expect((cut.match(/"/g) ?? []).length % 2).toBe(0);
      }),
    );
  });

  it("is how a finding of a look is told", () => {
    const finding = {
      ...{ id: "f", rule: "flow-failed", severity: "major" as const, page: "buy", url: "/" },
      ...{ viewport: "desktop", what: `Step 3 failed: ${"nothing came ".repeat(8).trim()}` },
      where: 'http://localhost:3000/ (expect "3 euro in the basket")',
    };
    const [told = ""] = worstOf({ findings: [finding] });
    expect(told.length).toBeLessThanOrEqual(160);
    expect(told).toMatch(/…("\))?\]?$/);
    expect((told.match(/"/g) ?? []).length % 2).toBe(0);
  });
});
