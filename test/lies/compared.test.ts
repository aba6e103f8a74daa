import { describe, expect, it } from "@jest/globals";
import { liesOf } from "../../domain/lies/lies.js";
import { mayLie } from "../../domain/lies/roles.js";
import { type Compared } from "./compared/change.js";
import { ELSEWHERE } from "./compared/elsewhere.js";
import { IN_JAVASCRIPT } from "./compared/javascript.js";
import { IN_PYTHON } from "./compared/python.js";
import { IN_SETTINGS } from "./compared/settings.js";

/** Kinds that block; what the engine would not even read is left out. */
function blocking({ files }: Compared): string[] {
  const changed = Object.entries(files)
    .filter(([path]) => mayLie(path, []))
    .map(([path, [before, after]]) => ({ path, before, after }));
  return liesOf({ files: changed, commands: [] }, [])
    .filter(({ severity }) => severity !== "minor")
    .map(({ id }) => id.split("/")[1] ?? "");
}

const ALL = [...IN_JAVASCRIPT, ...IN_PYTHON, ...ELSEWHERE, ...IN_SETTINGS];
const named = (of: readonly Compared[]) => of.map((each) => [each.name, each] as const);

describe("a change is stopped that", () => {
  it.each(named(ALL.filter(({ by }) => by !== undefined)))("%s", (_, lie) => {
    expect(blocking(lie)).toContain(lie.by);
  });
});

describe("a change is not stopped that", () => {
  it.each(named(ALL.filter(({ by }) => by === undefined)))("%s", (_, twin) => {
    expect(blocking(twin)).toEqual([]);
  });
});
