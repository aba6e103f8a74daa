import { mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  runInterviewAnswer,
  runInterviewDrop,
  runInterviewList,
  runInterviewShow,
  runInterviewStart,
} from "../../../client/commands/interview.js";
import type { Question } from "../../../domain/interview/question.js";
import { EXIT } from "../../../domain/problem.js";
import { aContext } from "../a-context.js";

let root: string;
let context: ReturnType<typeof aContext>;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "steps-"));
  context = aContext(root);
});
afterEach(() => rm(root, { recursive: true }));

interface Step {
  id: string;
  question: Question | null;
  done: boolean;
  facts?: unknown;
  taken?: string[];
  scope?: { goal: string; budget: { money_usd: number } };
  next?: string;
}
const last = () => context.answered.document as Step;
const start = async (goal: string) => {
  await runInterviewStart(context, [goal], {});
  return last();
};
const answer = async (id: string, typed: string, question?: string) => {
  await runInterviewAnswer(context, [id, typed], { question });
  return last();
};

describe("an interview step by step", () => {
  it("asks one question after the other, and ends with the scope and the command that plans it", async () => {
    let step = await start("Build a CRM");
    expect(step).toMatchObject({
      id: expect.stringMatching(/^m-\d{8}-[0-9a-z]{6}$/),
      facts: null,
      taken: ["Sort of goal: greenfield (the goal says build)."],
      done: false,
      question: { id: "mode", kind: "choice", recommended: "full" },
    });
    const { id } = step;
    const asked: string[] = [];
    let level: Question | undefined;
    while (step.question !== null) {
      asked.push(step.question.id);
      if (step.question.id === "level") level = step.question;
      const typed = step.question.id === "preferences" ? "none" : "";
      step = await answer(id, typed, step.question.id);
    }
    expect(asked).toHaveLength(13);
    // The table of `budget recommend`, made from the answers.
    expect(level?.lines?.join("\n")).toMatch(/LEVEL +MONEY +HOURS[\s\S]*MVP[\s\S]*polished/);
    expect(level?.because).toMatch(/the budget/);
    expect(step).toMatchObject({
      done: true,
      question: null,
      scope: { goal: "Build a CRM", budget: { money_usd: 100 } },
      next: `npx missions start --interview ${id} --headless`,
    });
    await expect(answer(id, "x")).rejects.toMatchObject({ exitCode: EXIT.notNow });
  });

  it("says the same in words for people", async () => {
    await start("Build a CRM");
    const text = context.answered.lines.join("\n");
    expect(text).toMatch(/How careful shall it be\? \[mode\]\n {2}poc: Proof of concept, /);
    expect(text).toMatch(/Answer with: npx missions interview answer m-\S+ ANSWER/);
  });

  it("takes a shortened id, goes back with <, and takes what is recommended", async () => {
    const { id } = await start("Build a CRM");
    const short = id.slice(-6);
    expect((await answer(short, "poc")).question?.id).toBe("place");
    expect((await answer(short, "<")).question).toMatchObject({ id: "mode", recommended: "poc" });
    await runInterviewAnswer(context, [short], { recommended: true });
    expect(last().question?.id).toBe("place");
  });

  it("refuses an answer to a question that is not open any more, and a wrong one, and keeps what it has", async () => {
    const { id } = await start("Build a CRM");
    await answer(id, "full", "mode");
    await expect(answer(id, "full", "mode")).rejects.toMatchObject({
      exitCode: EXIT.notNow,
      message: expect.stringContaining("asks place now"),
    });
    await expect(answer(id, "elsewhere")).rejects.toMatchObject({ exitCode: EXIT.badInput });
    await runInterviewShow(context, [id]);
    expect(last()).toMatchObject({ answers: { mode: "full" }, question: { id: "place" } });
  });

  it("lists, shows and drops what is open, damaged ones too", async () => {
    const { id } = await start("Build a CRM");
    const damaged = "m-20260101-bad000";
    const path = join(context.paths.interviews, `${damaged}.json`);
    await writeFile(path, "{");
    await utimes(path, new Date(), new Date(Date.now() + 60_000));
    await runInterviewList(context);
    expect(context.answered.document).toEqual([
      expect.objectContaining({ id: damaged, state: "damaged" }),
      expect.objectContaining({ id, state: "asks mode", goal: "Build a CRM" }),
    ]);
    await runInterviewDrop(context, [damaged]);
    await runInterviewDrop(context, [id]);
    await runInterviewList(context);
    expect(context.answered.document).toEqual([]);
    await expect(runInterviewShow(context, [id])).rejects.toMatchObject({
      exitCode: EXIT.notFound,
    });
  });

  it("applies answers that come at once one after the other", async () => {
    const { id } = await start("Build a CRM");
    const results = await Promise.allSettled([
      runInterviewAnswer(context, [id, "full"], { question: "mode" }),
      runInterviewAnswer(context, [id, "poc"], { question: "mode" }),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("remembers preferences when it is done", async () => {
    let step = await start("Build a CRM");
    const { id } = step;
    while (step.question !== null) {
      step = await answer(id, step.question.id === "preference.stack" ? "Go" : "");
    }
    const kept = await readFile(join(context.environment.home, "preferences.yaml"), "utf8");
    expect(kept).toMatch(/^stack: Go$/m);
    expect(kept).not.toMatch(/none/);
  });

  it("opens nothing for a goal that is empty or too long", async () => {
    await expect(start(" ")).rejects.toMatchObject({ message: "The goal is empty." });
    await expect(start("x".repeat(50_000))).rejects.toMatchObject({ exitCode: EXIT.badInput });
    await runInterviewList(context);
    expect(context.answered.document).toEqual([]);
  });
});
