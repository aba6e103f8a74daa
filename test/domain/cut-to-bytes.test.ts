import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { cutToBytes } from "../../domain/cut-to-bytes.js";

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

describe("a text cut to bytes", () => {
  it("fits, begins as it did, halves no character and loses no more than one that would not fit", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 60 }),
        fc.nat({ max: 80 }),
        (text, bytes) => {
          const cut = cutToBytes(text, bytes);
          expect(text.startsWith(cut)).toBe(true);
          expect(bytesOf(cut)).toBeLessThanOrEqual(bytes);
          expect(/\p{Surrogate}/u.test(cut)).toBe(false);
          if (cut !== text) expect(bytesOf(cut)).toBeGreaterThan(bytes - 4);
        },
      ),
    );
  });
});
