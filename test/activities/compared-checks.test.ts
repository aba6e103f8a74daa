import { describe, expect, it } from "@jest/globals";
import { pathToFileURL } from "node:url";
import { compareChecks } from "../../activities/compared-checks.js";
import type { Change } from "../../domain/lies/changed-file.js";
import { liesOf } from "../../domain/lies/lies.js";
import { compiled } from "../helpers/compiled.js";

const test = (name: string, says: number) =>
  `test("${name}", () => {\n  expect(sum(1, 2)).toBe(${says});\n});\n`;
const CHANGE: Change = {
  commands: ["npm test"],
  files: [
    {
      path: "test/sum.test.js",
      before: test("adds", 3) + test("keeps", 3),
      after: test("adds", 4),
      executable: false,
    },
  ],
};
const IN_THREAD = {
  ...{ atOnce: 0, heapMb: 512, ms: 5 * 60_000 },
  thread: pathToFileURL(compiled(["domain"], "activities/lies-thread.ts")),
};

describe("comparing the checks of a large change", () => {
  it("finds in a thread what is found without one", async () => {
    const found = await compareChecks(CHANGE, [], IN_THREAD);
    expect(found.map(({ id }) => id)).toContain("lie/test-removed/test/sum.test.js");
    expect(found).toEqual(liesOf(CHANGE, []));
  });

  it("goes on answering meanwhile, and blocks when time is over", async () => {
    const [found] = await compareChecks(CHANGE, [], { ...IN_THREAD, ms: 0 });
    expect(found).toMatchObject({ severity: "major", id: "lie/not-compared/." });
  });

  it("blocks what takes more memory than is given, and the worker lives on", async () => {
    const many = Array.from({ length: 60_000 }, (_, at) => test(`t${at}`, at)).join("");
    const change = {
      ...CHANGE,
      files: CHANGE.files.map((file) => ({ ...file, before: many, after: many })),
    };
    const [found] = await compareChecks(change, [], { ...IN_THREAD, heapMb: 64 });
    expect(found?.what).toBe(
      "The change is too large to compare its tests and settings with those before in 64 MB.",
    );
  });
});
