import { describe, expect, it } from "@jest/globals";
import { orphanedChecks } from "../../../domain/planning/edit-features.js";
import { editPlan, type PlanEdit } from "../../../domain/planning/edits.js";
import { aPlan, edited, get, idsOf, told } from "./a-house.js";

describe("adding a feature", () => {
  it("puts it last or beside another, with an id that was never used", () => {
    const plan = edited(
      { kind: "drop", features: ["1.3"] },
      { kind: "add", where: { milestone: "1" }, part: { title: "Drain" } },
      { kind: "add", where: { before: "1.2" }, part: { title: "Fence", brief: "Of wood." } },
    );
    expect(idsOf(plan)[0]).toEqual(["1.1", "1.5", "1.2", "1.4"]);
    expect(get(plan, "1.4")).toMatchObject({ title: "Drain", brief: "Drain", agent: "builtin" });
    expect(get(plan, "1.5").brief).toBe("Of wood.");
    expect(
      idsOf(
        editPlan(
          aPlan(),
          [{ kind: "add", where: { milestone: "1" }, part: { title: "x" } }],
          ["1.9"],
        ),
      )[0],
    ).toContain("1.10");
  });

  it("leaves it to people where people do everything else", () => {
    const byHand = aPlan().milestones.flatMap(({ features }) =>
      features.map(({ id }): PlanEdit => ({
        kind: "change",
        feature: id,
        set: { agent: "manual" },
      })),
    );
    const plan = edited(...byHand, {
      kind: "add",
      where: { milestone: "1" },
      part: { title: "Dig" },
    });
    expect(get(plan, "1.4").agent).toBe("manual");
    expect(get(plan, "1.4").estimate).toEqual({ usd: 0, hours: 0, tokens: 0 });
  });
});

describe("dropping features", () => {
  it("lets who needed them need what they needed", () => {
    const plan = edited({ kind: "drop", features: ["1.2"] });
    expect(get(plan, "1.3").dependsOn).toEqual(["1.1"]);
    expect(get(plan, "2.1").dependsOn).toEqual(["1.1"]);
  });

  it("names the checks that nobody would serve, and gives them to a person unless they go too", () => {
    expect(orphanedChecks(aPlan(), ["1.1"]).map(({ id }) => id)).toEqual(["dry", "deep"]);
    expect(orphanedChecks(aPlan(), ["1.3"])).toEqual([]);
    const [kept] = edited({ kind: "drop", features: ["1.1"] }).milestones;
    expect(kept?.checks.map(({ id, verify }) => [id, verify.method])).toEqual([
      ["dry", "person"],
      ["level", "bash"],
      ["deep", "person"],
    ]);
    const [gone] = edited({ kind: "drop", features: ["1.1"], orphans: "drop" }).milestones;
    expect(gone?.checks.map(({ id }) => id)).toEqual(["level"]);
  });

  it("does not empty a milestone", () => {
    expect(told({ kind: "drop", features: ["3.1"] })).toBe("Milestone 3 has no features.");
  });
});

describe("moving a feature", () => {
  it("takes along the checks that only it serves", () => {
    const plan = edited({ kind: "move", feature: "1.1", where: { before: "1.2" } });
    expect(idsOf(plan)).toEqual(idsOf(aPlan()));
    const moved = edited({ kind: "move", feature: "2.1", where: { milestone: "3" } });
    expect(idsOf(moved)[2]).toEqual(["3.1", "2.1"]);
    expect(moved.milestones.map(({ checks }) => checks.map(({ id }) => id))).toEqual([
      ["dry", "level"],
      [],
      ["dry"],
    ]);
    expect(get(moved, "2.1").serves).toEqual(["dry"]);
  });

  it("renames a check that the other milestone has, and the feature serves it there", () => {
    const plan = edited(
      { kind: "drop", features: ["1.2", "1.3"], orphans: "drop" },
      { kind: "add", where: { milestone: "1" }, part: { title: "x" } },
      { kind: "move", feature: "1.1", where: { before: "2.1" } },
    );
    expect(plan.milestones[1]?.checks.map(({ id }) => id)).toEqual(["dry", "dry-2"]);
    expect(get(plan, "1.1").serves).toEqual(["dry-2"]);
  });

  it("is refused behind what needs it", () => {
    expect(told({ kind: "move", feature: "1.1", where: { milestone: "2" } })).toBe(
      "Feature 1.2 depends on 1.1 of the later milestone 2.",
    );
    expect(told({ kind: "move", feature: "1.1", where: { before: "1.1" } })).toMatch(
      /beside itself/,
    );
  });
});

describe("changing a feature", () => {
  it("sets what is named and takes away what is given as nothing", () => {
    const plan = edited(
      { kind: "change", feature: "1.2", set: { tier: "simple", size: undefined } },
      { kind: "change", feature: "1.2", set: { estimate: { usd: 3 } } },
    );
    expect(get(plan, "1.2")).toMatchObject({
      tier: "simple",
      estimate: { usd: 3, hours: 2, tokens: 100 },
    });
    expect(get(plan, "1.2")).not.toHaveProperty("size");
  });

  it("tells a person or a model what a script was to do", () => {
    const commands = ["npm ci", "npm test"];
    const scripted: PlanEdit = {
      kind: "change",
      feature: "1.1",
      set: { agent: "script", commands, brief: undefined },
    };
    expect(get(edited(scripted), "1.1").estimate.usd).toBe(0);
    const manual: PlanEdit = { kind: "change", feature: "1.1", set: { agent: "manual" } };
    const after = get(edited(scripted, manual), "1.1");
    expect(after.brief).toBe("Do what these commands do:\nnpm ci\nnpm test");
    expect(after).not.toHaveProperty("commands");
  });

  it("is refused in the words of the rules", () => {
    const set = (fields: Record<string, unknown>): PlanEdit => ({
      kind: "change",
      feature: "1.1",
      set: fields,
    });
    expect(told(set({ dependsOn: ["1.3"] }))).toMatch(/in a circle: 1\.1 -> 1\.3 -> 1\.2 -> 1\.1/);
    expect(told(set({ serves: ["drie"] }))).toMatch(/serves "drie", which is no check of milesto/);
    expect(told(set({ agent: "script" }))).toMatch(/by a script but has no commands/);
    expect(told(set({ agent: "A robot" }))).toMatch(/must be script, builtin, manual or the name/);
    expect(told(set({ kind: "email" }))).toMatch(/is of kind email/);
  });
});

describe("milestones", () => {
  it("come with features, go, change their turn and their name", () => {
    const added = edited({
      kind: "add-milestone",
      title: "Garden",
      position: 2,
      parts: [{ title: "Trees" }, { title: "Path" }],
    });
    expect(added.milestones.map(({ id }) => id)).toEqual(["1", "4", "2", "3"]);
    expect(idsOf(added)[1]).toEqual(["4.1", "4.2"]);
    const renamed = edited(
      { kind: "rename-milestone", milestone: "3", title: "Cover" },
      { kind: "move-milestone", milestone: "3", position: 1 },
    );
    expect(renamed.milestones.map(({ title }) => title)).toEqual(["Cover", "Ground", "Walls"]);
    const dropped = edited({ kind: "drop-milestone", milestone: "1" });
    expect(get(dropped, "2.1").dependsOn).toEqual([]);
    const inherited = edited({ kind: "drop-milestone", milestone: "2", orphans: "person" });
    expect(inherited.milestones[0]?.checks.map(({ id }) => id)).toEqual(["dry", "level", "dry-2"]);
  });

  it("cannot come before what they need, nor be in no place, nor all go", () => {
    expect(told({ kind: "move-milestone", milestone: "2", position: 1 })).toMatch(/later milesto/);
    expect(told({ kind: "move-milestone", milestone: "2", position: 4 })).toBe(
      "There is no place 4.",
    );
    expect(told({ kind: "add-milestone", title: "x", parts: [] })).toMatch(/4 has no features/);
    const all = ["1", "2", "3"].map((milestone): PlanEdit => ({
      kind: "drop-milestone",
      milestone,
    }));
    expect(told(...all)).toBe("Milestone 3 is the only one.");
  });
});

it("names what it does not know, with what is near", () => {
  expect(told({ kind: "drop", features: ["1.9"] })).toBe('The plan has no feature "1.9".');
  expect(told({ kind: "rename-milestone", milestone: "9", title: "x" })).toMatch(
    /no milestone "9"/,
  );
  expect(told({ kind: "add", where: { after: "x" }, part: { title: "y" } })).toMatch(/feature "x"/);
});
