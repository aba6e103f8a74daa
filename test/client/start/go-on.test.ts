import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { loadInterview, saveInterview } from "../../../client/interview/keeping.js";
import { savePlanInWork, planInWorkPath } from "../../../client/plan-gate/plan-in-work.js";
import { goOnCommand, planAsLeft, startOver } from "../../../client/start/go-on.js";
import { nextQuestion, scopeOf } from "../../../domain/interview/interview.js";
import type { Plan } from "../../../domain/plan.js";
import { readPlan } from "../../../domain/read-plan.js";
import { writeWhole } from "../../../store/files.js";
import { anInterview, interviewed } from "../../domain/interview/an-interview.js";
import { aWrittenPlan } from "../../helpers/plans.js";
import { aContext, type RecordedContext } from "../a-context.js";

const id = "m-20261125-abc123";
const { interview } = interviewed(anInterview());
const scope = scopeOf(interview);

describe("the command that goes on", () => {
  it("asks the interview on, with what no answer holds", () => {
    const typed = {
      budget: 5,
      zone: "Asia/Tokyo",
      repo: "/r",
      planningCap: 0.5,
      unsandboxed: true,
    };
    expect(goOnCommand("Build a CRM", typed, id)).toBe(
      `npx missions start --resume-interview ${id} --planning-cap 0.5 --unsandboxed`,
    );
    const stepwise = { interview: "abc123", headless: true, budget: 5, detach: true };
    expect(goOnCommand("", stepwise, id)).toBe(
      `npx missions start --interview ${id} --headless --detach`,
    );
  });

  it("repeats all that a start without questions was given, the goal safe from the shell", () => {
    const typed = { headless: true, budget: 5, atDeadline: "stop", approve: true } as const;
    expect(goOnCommand("Build $HOME's -x", typed, id)).toBe(
      `npx missions start --headless --id ${id} --budget 5 --at-deadline stop --approve -- 'Build $HOME'\\''s -x'`,
    );
  });
});

describe("a plan that was left at its gate", () => {
  let root: string;
  let context: RecordedContext;
  const plan: Plan = readPlan({
    ...aWrittenPlan(),
    title: "Changed by hand",
    deadline: "2099-01-31",
    deadline_zone: "UTC",
  });
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "go-on-"));
    context = aContext(root);
    await saveInterview(context, interview);
    await savePlanInWork(context.paths, id, plan);
  });
  afterEach(() => rm(root, { recursive: true }));
  const left = (options: Parameters<typeof planAsLeft>[2]) =>
    planAsLeft(context, { missionId: id, scope }, options);

  it("is taken up with its interview, and not by another start or with new answers", async () => {
    expect(await left({ resumeInterview: true })).toEqual(plan);
    expect(await left({ interview: id })).toEqual(plan);
    expect(context.notes).toContain("Going on with the plan as it was left.");
    expect(await left({})).toBeUndefined();
    expect(await left({ interview: id, budget: 5 })).toBeUndefined();
    await rm(planInWorkPath(context.paths, id));
    expect(await left({ interview: id })).toBeUndefined();
  });

  it("gets the deadline that was asked again when its own has passed", async () => {
    await savePlanInWork(context.paths, id, { ...plan, deadline: "2020-01-31T23:59:00.000Z" });
    expect((await left({ interview: id }))?.deadline).toBeUndefined();
    const at = "2099-03-01T12:00:00.000Z";
    const asked = { ...scope, deadline: { at, zone: "UTC", atDeadline: "stop" as const } };
    const taken = await planAsLeft(context, { missionId: id, scope: asked }, { interview: id });
    expect(taken).toMatchObject({ deadline: at, at_deadline: "stop", title: "Changed by hand" });
  });

  it("that is no plan any more is named, never replaced", async () => {
    await writeWhole(planInWorkPath(context.paths, id), "milestones: [");
    await expect(left({ interview: id })).rejects.toThrow(/plan\.yaml/);
  });

  it("goes when the person starts over, who is asked everything again with the answers before", async () => {
    const options = { interview: id, headless: undefined, planningCap: 1, id: undefined };
    const again = await startOver(context, id, options);
    expect(again).toEqual({ resumeInterview: id, planningCap: 1, headless: undefined });
    expect(await left({ resumeInterview: id })).toBeUndefined();
    const reopened = await loadInterview(context, id);
    expect(nextQuestion(reopened)).toMatchObject({ id: "mode", because: "your answer before" });
    expect(interviewed(reopened).asked).toHaveLength(Object.keys(interview.answers).length);
    expect(scopeOf(reopened)).toEqual(scope);
  });
});
