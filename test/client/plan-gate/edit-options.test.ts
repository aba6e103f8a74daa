import { describe, expect, it } from "@jest/globals";
import { editsFrom, settings, type EditOptions } from "../../../client/plan-gate/edit-options.js";
import { versionOf, versionWords } from "../../../client/plan-gate/version-words.js";
import { Problem } from "../../../domain/problem.js";

function told(work: () => unknown): string {
  try {
    work();
    return "fine";
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.remedy).not.toBe("");
    return error.message;
  }
}
const refusal = (options: EditOptions) => told(() => editsFrom(options));

describe("changes of a plan typed as options", () => {
  it.each<[EditOptions, unknown]>([
    [
      { add: "Export", to: "2", brief: "A button" },
      [{ kind: "add", where: { milestone: "2" }, part: { title: "Export", brief: "A button" } }],
    ],
    [
      { drop: ["2.3", "2.4"], orphans: "drop" },
      [{ kind: "drop", features: ["2.3", "2.4"], orphans: "drop" }],
    ],
    [
      { split: "2.3", into: ["A", "B"] },
      [{ kind: "split", feature: "2.3", parts: [{ title: "A" }, { title: "B" }] }],
    ],
    [{ merge: ["1", "2"], title: "T" }, [{ kind: "merge", features: ["1", "2"], title: "T" }]],
    [{ move: "2.3", before: "2.1" }, [{ kind: "move", feature: "2.3", where: { before: "2.1" } }]],
    [{ mode: "poc" }, [{ kind: "mode", mode: "poc" }]],
    [
      { addMilestone: "Launch", with: ["Docs"], place: 3 },
      [{ kind: "add-milestone", title: "Launch", position: 3, parts: [{ title: "Docs" }] }],
    ],
    [{ dropMilestone: "3" }, [{ kind: "drop-milestone", milestone: "3" }]],
    [{ moveMilestone: "3", place: 1 }, [{ kind: "move-milestone", milestone: "3", position: 1 }]],
    [
      { renameMilestone: "3", title: "N" },
      [{ kind: "rename-milestone", milestone: "3", title: "N" }],
    ],
    [{ yaml: "plan.yaml" }, "yaml"],
    [{}, undefined],
  ])("%j", (options, edits) => {
    const found = editsFrom(options);
    // Options that were left out are no part of what is compared.
    expect(found === undefined ? found : JSON.parse(JSON.stringify(found))).toEqual(edits);
  });

  it("says which existing tests a feature may change, and takes that away again", () => {
    expect(settings(["1.2", "rewrites=test/a.js, test/b.js"])).toEqual([
      { kind: "change", feature: "1.2", set: { rewrites: ["test/a.js", "test/b.js"] } },
    ]);
    expect(settings(["1.2", "rewrites="])).toEqual([
      { kind: "change", feature: "1.2", set: { rewrites: undefined } },
    ]);
  });

  it("set fields of one feature or several, and take them away", () => {
    const words = "2.3 2.4 agent=manual model= needs=1.1,1.2 2.5 usd=0.5 tokens=2000 title=a=b";
    expect(editsFrom({ set: words.split(" ") })).toEqual([
      ...["2.3", "2.4"].map((feature) => ({
        kind: "change",
        feature,
        set: { agent: "manual", model: undefined, dependsOn: ["1.1", "1.2"] },
      })),
      {
        kind: "change",
        feature: "2.5",
        set: { estimate: { usd: 0.5, tokens: 2000 }, title: "a=b" },
      },
    ]);
  });

  it.each<[EditOptions, RegExp]>([
    [{ add: "x", drop: ["1"] }, /^--add and --drop are two changes/],
    [{ to: "2" }, /^--to alone changes nothing/],
    [{ add: "x", to: "2", into: ["y"] }, /^--into does not go with --add/],
    [{ add: "x" }, /^--add does not say where/],
    [{ move: "x", to: "2", before: "2.1" }, /^--move is given two places/],
    [{ split: "2.3" }, /^--split also needs --into/],
    [{ addMilestone: "x" }, /^--add-milestone also needs --with/],
    [{ moveMilestone: "x" }, /^--move-milestone also needs --place/],
    [{ renameMilestone: "x" }, /^--rename-milestone also needs --title/],
    [{ set: ["agent=manual"] }, /^--set begins with "agent=manual"/],
    [{ set: ["2.3"] }, /^--set says nothing of 2\.3/],
    [{ set: ["2.3", "agnet=manual"] }, /^A feature has no "agnet" that can be set/],
    [{ set: ["2.3", "usd=much"] }, /^usd=much is no number/],
  ])("%j are refused", (options, sentence) => {
    expect(refusal(options)).toMatch(sentence);
  });
});

describe("words after a command about versions", () => {
  it("are a mission, which may be left out, and numbers", () => {
    expect(versionWords([], 1)).toEqual({ mission: [], versions: [] });
    expect(versionWords(["2"], 1)).toEqual({ mission: [], versions: [2] });
    expect(versionWords(["abc123", "1", "3"], 2)).toEqual({
      mission: ["abc123"],
      versions: [1, 3],
    });
    expect(versionWords(["m-20260801-abc123"], 1).mission).toEqual(["m-20260801-abc123"]);
    expect(told(() => versionWords(["abc", "two"], 1))).toBe('"two" is no version of a plan.');
    expect(told(() => versionWords(["1", "2", "3"], 1))).toMatch(/is no version/);
  });

  it("name a version that there is", () => {
    const versions = [{ n: 1, planHash: "a", at: "" }];
    expect(versionOf(versions, 1).planHash).toBe("a");
    expect(told(() => versionOf(versions, 2))).toBe("There is no version 2 of the plan.");
  });
});
