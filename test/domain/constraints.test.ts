import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  constraintSentences,
  hasChecked,
  isBelow,
  judgeConstraints,
  namesWord,
  type CheckedChange,
} from "../../domain/constraints.js";

const nothing: CheckedChange = { paths: [], words: [], dependencies: [], unreadable: [] };
const dependency = (name: string, licence?: string, direct = true) => ({
  name,
  manifest: direct ? "package.json" : "package-lock.json",
  direct,
  licence,
});

describe("checked constraints", () => {
  it("are none where none is set", () => {
    expect(hasChecked(undefined)).toBe(false);
    expect(hasChecked({ protected_paths: [], no_new_dependencies: false })).toBe(false);
    expect(hasChecked({ licences: ["MIT"] })).toBe(true);
  });

  it("all pass on an empty change", () => {
    const checked = {
      protected_paths: ["src"],
      no_new_dependencies: true,
      licences: ["MIT"],
      forbidden: ["Stripe"],
    };
    const verdicts = judgeConstraints(checked, nothing);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(Array(4).fill("passed"));
    expect(verdicts.map(({ id }) => id)).toEqual(constraintSentences(checked).map(({ id }) => id));
  });

  it("see nothing without a base, and say so", () => {
    const [verdict] = judgeConstraints({ no_new_dependencies: true }, undefined);
    expect(verdict).toMatchObject({ verdict: "not-seen" });
  });

  it("name the protected file that was changed", () => {
    const change = { ...nothing, paths: ["src/legacy/a.ts", "src/new.ts"] };
    const [verdict] = judgeConstraints({ protected_paths: ["src/legacy/"] }, change);
    expect(verdict).toMatchObject({ verdict: "failed", found: ["changed: src/legacy/a.ts"] });
  });

  it("count a folder's name only as a whole segment", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{1,8}$/),
        fc.stringMatching(/^[a-z]{1,8}$/),
        (folder, more) => {
          expect(isBelow(`${folder}/${more}`, [folder])).toBe(true);
          expect(isBelow(folder, [folder])).toBe(true);
          expect(isBelow(`${folder}${more}/x`, [folder])).toBe(false);
          expect(isBelow(folder, [`${folder}/${more}`])).toBe(false);
        },
      ),
    );
  });

  it("tell direct dependencies from those that come with them", () => {
    const change = { ...nothing, dependencies: [dependency("left-pad", "MIT", false)] };
    const [none] = judgeConstraints({ no_new_dependencies: true }, change);
    expect(none).toMatchObject({ verdict: "passed" });
    const [one] = judgeConstraints(
      { no_new_dependencies: true },
      { ...nothing, dependencies: [dependency("lodash")] },
    );
    expect(one).toMatchObject({ verdict: "failed", found: ["lodash (package.json)"] });
  });

  it("report a licence that nobody states as not seen, and a wrong one as failed", () => {
    const judge = (...dependencies: ReturnType<typeof dependency>[]) =>
      judgeConstraints({ licences: ["MIT"] }, { ...nothing, dependencies })[0];
    expect(judge(dependency("a", "MIT"))).toMatchObject({ verdict: "passed" });
    expect(judge(dependency("a", "MIT"), dependency("b"))).toMatchObject({
      verdict: "not-seen",
      found: ["b (package.json): no licence seen"],
    });
    expect(judge(dependency("b"), dependency("c", "GPL-3.0", false))).toMatchObject({
      verdict: "failed",
      found: ["c (package-lock.json): GPL-3.0", "b (package.json): no licence seen"],
    });
  });

  it("fail on a manifest that cannot be read", () => {
    const change = { ...nothing, unreadable: ["package.json"] };
    for (const checked of [{ no_new_dependencies: true }, { licences: ["MIT"] }])
      expect(judgeConstraints(checked, change)[0]).toMatchObject({ verdict: "failed" });
  });

  it("find a word whatever its case, but not as a part of another", () => {
    expect(namesWord('import x from "stripe"', "Stripe")).toBe(true);
    expect(namesWord("pinstripes", "Stripe")).toBe(false);
    expect(namesWord("striped, then stripe", "stripe")).toBe(true);
    expect(namesWord("use @acme/sdk here", "@acme/sdk")).toBe(true);
    expect(namesWord("größer", "öß")).toBe(false);
  });

  it("keep a list of findings short", () => {
    const paths = Array.from({ length: 500 }, (_, n) => `a/${n}`);
    const [verdict] = judgeConstraints({ protected_paths: ["a"] }, { ...nothing, paths });
    expect(verdict?.found).toHaveLength(21);
    expect(verdict?.found.at(-1)).toBe("and 480 more");
  });
});
