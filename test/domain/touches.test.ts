import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { overlapOf, prefixesOf, undeclaredOf } from "../../domain/touches.js";

const segment = fc.constantFrom("a", "b", "ab", "c.ts");
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const paths = fc.array(path, { minLength: 1, maxLength: 5 });

describe("undeclared paths", () => {
  it("are those outside of every declared prefix, by whole names", () => {
    const changed = ["src/a.ts", "src-old/a.ts", "docs/x.md", "README.md"];
    expect(undeclaredOf(["src/", "./docs"], changed)).toEqual(["src-old/a.ts", "README.md"]);
    expect(undeclaredOf([], changed)).toEqual([]);
  });

  it("are exactly those that overlap with nothing declared, or lie above it", () => {
    fc.assert(
      fc.property(paths, paths, (touches, changed) => {
        const undeclared = undeclaredOf(touches, changed);
        for (const each of changed) {
          const shared = overlapOf(prefixesOf(touches), prefixesOf([each]));
          expect(undeclared.includes(each)).toBe(shared === undefined || !covers(touches, each));
        }
      }),
    );
  });
});

const covers = (touches: string[], each: string) =>
  touches.some((prefix) => each === prefix || each.startsWith(`${prefix}/`));
