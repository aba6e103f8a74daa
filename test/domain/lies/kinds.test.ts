import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { LIE_KINDS } from "../../../domain/lies/kinds.js";
import { LIES } from "../../lies/lies.js";

const text = readFileSync(new URL("../../../docs/lies.md", import.meta.url), "utf8");

describe("the kinds of lies", () => {
  it("stand in docs/lies.md as they are", () => {
    const rows = Object.entries(LIE_KINDS).map(
      ([name, { severity, mayBeApproved, means }]) =>
        `| \`${name}\` | ${severity} | ${mayBeApproved ? "yes" : "no"} | ${means} |`,
    );
    const plain = text.replace(/ +/g, " ");
    expect(rows.filter((row) => !plain.includes(row))).toEqual([]);
    expect([...text.matchAll(/^\| `([a-z-]+)`/gm)].map(([, name]) => name).sort()).toEqual(
      Object.keys(LIE_KINDS).sort(),
    );
  });

  it("are each told by some planted lie, but for those that never block alone", () => {
    const told = new Set(LIES.map(({ by }) => by));
    const untold = Object.entries(LIE_KINDS)
      .filter(([name, { severity }]) => severity !== "minor" && !told.has(name as "check"))
      .map(([name]) => name);
    expect(untold).toEqual([]);
  });
});
