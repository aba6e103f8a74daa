import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { sliceKey } from "../../domain/ids.js";
import { parseKey } from "../../domain/slice-key.js";

describe("a slice key", () => {
  it("is read back as it was written", () => {
    const part = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/);
    fc.assert(
      fc.property(
        fc.nat(999_999_999),
        part,
        part,
        fc.integer({ min: 1, max: 999_999_999 }),
        (generation, milestoneId, featureId, n) => {
          expect(parseKey(sliceKey(generation, milestoneId, featureId, n))).toEqual({
            generation,
            milestoneId,
            featureId,
            n,
          });
        },
      ),
    );
  });

  it("that we did not write is refused without a throw", () => {
    for (const key of [
      "",
      "1/1/1",
      "1/1/1.1/0",
      "1/1/1.1/01",
      "1/1/1.1/1/1",
      "-1/1/1.1/1",
      "1/../1.1/1",
      "1/1/1.1/1e3",
      "a/1/1/1",
    ]) {
      expect(parseKey(key)).toBeUndefined();
    }
    fc.assert(fc.property(fc.anything(), (key) => void parseKey(key as string)));
  });
});
