import { describe, expect, it } from "@jest/globals";
import { readCrawl, readFailOn, readViewports } from "../../../client/qa/options.js";
import { DESKTOP, MOBILE } from "../../../domain/qa.js";
import { EXIT } from "../../../domain/problem.js";

describe("the options of `missions qa`", () => {
  it("know desktop, mobile and sizes, each once", () => {
    expect(readViewports(undefined)).toEqual([DESKTOP, MOBILE]);
    expect(readViewports("mobile, 1024x768,mobile")).toEqual([
      MOBILE,
      { name: "1024x768", width: 1_024, height: 768 },
    ]);
  });

  it.each(["", ",", "tablet", "1x1", "9000x9000", "100x", "-1x300"])(
    "refuse the viewport %j with what may be written",
    (typed) => {
      expect(() => readViewports(typed)).toThrow(
        expect.objectContaining({
          exitCode: EXIT.badInput,
          remedy: expect.stringMatching(/mobile/),
        }),
      );
    },
  );

  it("take a depth of links from 0 to 5, and a severity", () => {
    expect([readCrawl(undefined), readCrawl("0"), readCrawl("5")]).toEqual([undefined, 0, 5]);
    for (const typed of ["6", "-1", "1.5", "", "deep"])
      expect(() => readCrawl(typed)).toThrow(/--crawl is/);
    expect([readFailOn(undefined), readFailOn("minor")]).toEqual(["major", "minor"]);
    expect(() => readFailOn("none")).toThrow(/--fail-on is "none"/);
  });
});
