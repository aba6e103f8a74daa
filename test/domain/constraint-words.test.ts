import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { checkedFromWords, checkedOf } from "../../domain/constraint-words.js";

describe("a sentence read as a checked constraint", () => {
  it.each([
    ["Do not touch src/legacy", { protected_paths: ["src/legacy"] }],
    ["don't change the files in `migrations`.", { protected_paths: ["migrations"] }],
    ["Never modify ./docs/api.md and src/core/", { protected_paths: ["docs/api.md", "src/core"] }],
    ["Leave package.json alone", { protected_paths: ["package.json"] }],
    ["infra/prod must not be changed", { protected_paths: ["infra/prod"] }],
    ["No new dependencies", { no_new_dependencies: true }],
    ["Add a search, without new dependencies.", { no_new_dependencies: true }],
    ["do not add any packages", { no_new_dependencies: true }],
    ["Only MIT", { licences: ["MIT"] }],
    ["only MIT or Apache-2.0 licensed dependencies", { licences: ["MIT", "Apache-2.0"] }],
    ["Never use `moment`", { forbidden: ["moment"] }],
    [
      "Rework the page; do not touch src/api, no new dependencies",
      { protected_paths: ["src/api"], no_new_dependencies: true },
    ],
  ])("%s", (sentence, checked) => {
    expect(checkedFromWords([sentence])).toEqual(checked);
  });

  it.each([
    "Do not touch the heart of the user",
    "Do not change src/a and the tone",
    "Do not touch ../other or /etc",
    "Do not touch src/*.ts",
    "Only people above 18 may enter",
    "Only MIT students may enter",
    "Do not use global variables",
    "No new features; dependencies may be added",
    "Do not let this happen: nobody wanted new dependencies",
    "It has no dependencies that hurt",
  ])("is left alone where it is not plain: %s", (sentence) => {
    expect(checkedFromWords([sentence])).toBeUndefined();
  });

  it("takes names that a person avoids as forbidden words", () => {
    expect(checkedFromWords([], ["Stripe", "", "x", "no\nlines"])).toEqual({
      forbidden: ["Stripe"],
    });
  });

  it("never throws, and never protects a path outside or the whole repository", () => {
    const piece = fc.constantFrom(
      "do not touch ",
      "leave ",
      " alone",
      "..",
      "/",
      ".",
      "`",
      "src/a",
      " and ",
      "only ",
      "MIT",
      ", ",
      "C:\\x",
      "~",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }), (pieces) => {
        const paths = checkedFromWords([pieces.join("")])?.protected_paths ?? [];
        for (const path of paths) {
          expect(path.split("/")).not.toContain("..");
          expect(path).toMatch(/^[^/~\\]/);
          expect(path).not.toBe(".");
        }
      }),
    );
  });
});

describe("what a scope has checked", () => {
  it("is read from its sentences and from the vendors that a person avoids", () => {
    expect(
      checkedOf(["Only MIT"], { vendors_avoided: "Stripe; Hetzner, anything from our rival" }),
    ).toEqual({
      checked: { licences: ["MIT"], forbidden: ["Stripe", "Hetzner"] },
    });
    expect(checkedOf(["Build a CRM"], { vendors_avoided: "none" })).toEqual({});
  });
});
