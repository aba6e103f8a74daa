import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isLicenceAllowed } from "../../domain/licences.js";

describe("a licence expression", () => {
  it.each([
    ["MIT", true],
    ["mit", true],
    ["GPL-3.0", false],
    ["(MIT OR GPL-3.0)", true],
    ["MIT AND GPL-3.0", false],
    ["MIT AND ISC", true],
    ["GPL-3.0 OR (MIT AND ISC)", true],
    ["GPL-3.0 OR MIT AND Unlicense", false],
    ["MIT/Apache-2.0", true],
    ["MIT WITH some-exception", true],
    ["UNLICENSED", false],
    ["SEE LICENSE IN LICENSE", false],
    ["MIT OR", false],
    ["(MIT", false],
    ["MIT)", false],
    ["OR MIT", false],
    ["", false],
  ])("%s with MIT and ISC allowed is %s", (expression, allowed) => {
    expect(isLicenceAllowed(expression, ["MIT", "ISC"])).toBe(allowed);
  });

  it("never throws, and allows nothing where nothing is allowed", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 600 }), (expression) => {
        expect(isLicenceAllowed(expression, [])).toBe(false);
      }),
    );
  });

  it("is as permissive as its parts", () => {
    const id = fc.constantFrom("MIT", "ISC", "GPL-3.0", "Zlib");
    fc.assert(
      fc.property(id, id, fc.subarray(["MIT", "ISC", "GPL-3.0", "Zlib"]), (a, b, allowed) => {
        const of = (expression: string) => isLicenceAllowed(expression, allowed);
        expect(of(`${a} OR ${b}`)).toBe(of(a) || of(b));
        expect(of(`(${a} AND ${b})`)).toBe(of(a) && of(b));
      }),
    );
  });
});
