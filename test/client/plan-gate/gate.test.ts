import { rm, readFile, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { planGate, type PlanGate } from "../../../client/plan-gate/gate.js";
import { planInWorkPath } from "../../../client/plan-gate/plan-in-work.js";
import type { Plan } from "../../../domain/plan.js";
import { EXIT, Problem } from "../../../domain/problem.js";
import { readPlan } from "../../../domain/read-plan.js";
import { readPlanText } from "../../../store/plan-file.js";
import { planToYaml } from "../../../store/plan-yaml.js";
import { aWrittenPlan } from "../../helpers/plans.js";
import { aContext, aPerson, entry, type TestContext } from "./a-context.js";

const missionId = "m-20260801-abc123";
const plan = readPlan(
  aWrittenPlan({
    milestones: [
      {
        title: "First",
        checks: [{ sentence: "It greets.", verify: { method: "bash", run: "greet" } }],
        features: [
          { title: "Wave", brief: "Wave.", serves: ["1.a"] },
          { title: "Bow", brief: "Bow.", dependsOn: ["1.1"] },
        ],
      },
      { title: "Second", features: [{ title: "Sing", brief: "Sing." }] },
    ],
  }),
);
const summary = (of: Plan) =>
  Promise.resolve([`${of.milestones.flatMap(({ features }) => features).length} features`]);

let test: TestContext;
beforeEach(async () => {
  test = await aContext();
});
afterEach(async () => {
  await rm(test.root, { recursive: true });
});

type Steps = Parameters<typeof aPerson>[0];
async function atGate(steps: Steps, gate: Partial<PlanGate> = {}) {
  const person = aPerson(steps);
  const { streams } = person;
  const ending = await planGate(test.context, { plan, missionId, summary, ...gate, streams });
  expect(person.left()).toBe(0);
  return ending;
}
const inWork = () => planInWorkPath(test.context.paths, missionId);

// Entries of the menu without a model: 0 approve, 1 features, 2 milestones, 3 mode, 4 YAML, then undo once something
// has changed, start over, drop.
const MENU = "What about this plan?";
const approve: Steps = [
  [MENU, ...entry(0)],
  ["And now?", ...entry(0)],
];

describe("the plan gate", () => {
  it("shows the summary, and takes the plan as it is", async () => {
    expect(await atGate(approve)).toEqual({ plan, decision: "start" });
    expect(test.notes).toEqual(["3 features"]);
  });

  it.each([
    [1, "review"],
    [2, "queue"],
  ])("ends as entry %d of the last question says: %s", async (at, decision) => {
    const ending = await atGate([
      [MENU, ...entry(0)],
      ["And now?", ...entry(3)],
      [MENU, ...entry(0)],
      ["And now?", ...entry(at)],
    ]);
    expect(ending.decision).toBe(decision);
  });

  it.each([
    [5, "start-over", true],
    [6, "drop", false],
  ])("ends as entry %d of the menu says: %s", async (at, decision, isKept) => {
    expect((await atGate([[MENU, ...entry(at)]])).decision).toBe(decision);
    expect(existsSync(inWork())).toBe(isKept);
  });

  it("adds, changes, splits, merges, moves and drops features, with the difference and the figures each time", async () => {
    const { plan: after } = await atGate([
      [MENU, ...entry(1)],
      ["Which feature?", ...entry(0)],
      ["To which milestone?", ...entry(1)],
      ["What does it add", "Dance", "enter"],
      ["What is to be built?", "enter"],
      [MENU, ...entry(1)],
      ["Which feature?", ...entry(3)], // 2.1
      ["What about 2.1 Sing?", ...entry(2)], // agent
      ["Who does it?", ...entry(2)],
      [MENU, ...entry(1)],
      ["Which feature?", ...entry(2)], // 1.2
      ["What about 1.2 Bow?", ...entry(10)], // split
      ["Titles of the parts", "Bend; Rise", "enter"],
      [MENU, ...entry(1)],
      ["Which feature?", ...entry(1)], // 1.1
      ["What about 1.1 Wave?", ...entry(11)], // merge
      ["Which one becomes part of it?", ...entry(0)],
      [MENU, ...entry(1)],
      ["Which feature?", ...entry(4)], // 2.2
      ["What about 2.2 Dance?", ...entry(9)], // move
      ["To which milestone?", ...entry(1)],
      ["Where?", ...entry(1)],
      [MENU, ...entry(1)],
      ["Which feature?", ...entry(1)],
      ["What about 1.1 Wave and Bend?", ...entry(12)], // drop
      ["Nobody would work towards: 1.a It greets.", ...entry(0)],
      ...approve,
    ]);
    expect(
      after.milestones.map(({ features }) => features.map(({ id, title }) => `${id} ${title}`)),
    ).toEqual([["1.3 Rise"], ["2.2 Dance", "2.1 Sing"]]);
    expect(after.milestones[0]?.checks[0]?.verify.method).toBe("person");
    expect(after.milestones[1]?.features[1]?.agent).toBe("manual");
    expect(test.notes).toContain("+ feature 2.2 Dance (milestone 2)");
    expect(test.notes).toContain("4 features");
    expect(readPlanText(await readFile(inWork(), "utf8"), "plan.yaml")).toEqual(after);
  });

  it("adjusts milestones and mode, and takes the last change back", async () => {
    const { plan: after } = await atGate([
      [MENU, ...entry(2)],
      ["Which milestone?", ...entry(0)],
      ["What is reached with it?", "Third", "enter"],
      ["Titles of its features", "Rest", "enter"],
      ["Where?", ...entry(0)],
      [MENU, ...entry(3)],
      ["Which mode?", ...entry(0)],
      [MENU, ...entry(2)],
      ["Which milestone?", ...entry(1)],
      ["What about 1 First?", ...entry(2)],
      ["And its 1 checks?", ...entry(0)],
      [MENU, ...entry(5)], // undo
      ...approve,
    ]);
    expect(after.mode).toBe("poc");
    expect(after.milestones.map(({ title }) => title)).toEqual(["First", "Second", "Third"]);
  });

  it("tells why a change cannot be made, and goes on with the plan as it was", async () => {
    const ending = await atGate([
      [MENU, ...entry(1)],
      ["Which feature?", ...entry(1)],
      ["What about 1.1 Wave?", ...entry(6)], // needs
      ["Ids of what it needs before?", "1.2", "enter"],
      ...approve,
    ]);
    expect(ending.plan).toBe(plan);
    expect(test.notes[1]).toMatch(/^Features need each other in a circle: 1\.1 -> 1\.2 -> 1\.1\.$/);
  });

  it("asks for another level and for a change in words where that is offered, always from the plan as it is now", async () => {
    const given: [string, string][] = [];
    const titled = (title: string, from: Plan) => {
      given.push([title, from.title]);
      return Promise.resolve({ ...from, title });
    };
    const { plan: after } = await atGate(
      [
        [MENU, ...entry(4)],
        ["Which outcome level?", ...entry(2)],
        [MENU, ...entry(5)],
        ["What is wrong with it?", "too loud", "enter"],
        ...approve,
      ],
      { changeLevel: titled, redraft: titled },
    );
    expect(given).toEqual([
      ["polished", "Greetings"],
      ["too loud", "polished"],
    ]);
    expect(after.title).toBe("too loud");
  });

  it("takes the plan from an editor", async () => {
    const typed = join(test.root, "typed.yaml");
    await writeFile(typed, planToYaml({ ...plan, title: "Typed" }));
    const { context } = test;
    test.context = { ...context, environment: { ...context.environment, editor: `cp '${typed}'` } };
    const { plan: after } = await atGate([[MENU, ...entry(4)], ...approve]);
    expect(after.title).toBe("Typed");
  });

  it("loses nothing on Ctrl-C: the plan is in a file, and the command that goes on is told", async () => {
    const stopped = atGate([
      [MENU, ...entry(3)],
      ["Which mode?", ...entry(0)],
      [MENU, ...entry(1)],
      ["Which feature?", "cancel"],
    ]);
    const error: unknown = await stopped.catch((reason: unknown) => reason);
    if (!(error instanceof Problem)) throw error;
    expect(error.exitCode).toBe(EXIT.interrupted);
    expect(error.message).toContain(inWork());
    expect(error.remedy).toBe(
      `Go on with: npx missions start --plan ${inWork()} --id ${missionId}`,
    );
    expect(readPlanText(await readFile(inWork(), "utf8"), "plan.yaml")).toEqual({
      ...plan,
      mode: "poc",
    });
  });
});
