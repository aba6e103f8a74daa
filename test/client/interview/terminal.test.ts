import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { placeOf } from "../../../domain/interview/goal-questions.js";
import { scopeOf } from "../../../domain/interview/interview.js";
import { EXIT, Problem } from "../../../domain/problem.js";
import { runInterview, type TerminalInterview } from "../../../client/interview/terminal.js";
import { listInterviews } from "../../../store/interviews.js";
import { makeUserRepository, userGit, writeFiles } from "../../activities/mission-fixture.js";
import { aContext } from "../a-context.js";
import { CTRL_C, DOWN, ENTER, scriptedTerminal, UP } from "./scripted-terminal.js";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "interview-"));
});
afterEach(() => rm(root, { recursive: true }));

const planning = { planningCapUsd: 2, hasModel: false };
const MODE = "How careful shall it be?";
const PLACE = "Where shall it work?";
const MONEY = "What may it cost";
const HOURS = "How many hours";
const TOKENS = "How many tokens";
const RUNS = "Where shall the result run?";
const NEEDS = "Which services or people outside";
const DEADLINE = "Is there a deadline?";
const AT_DEADLINE = "What shall happen at the deadline?";
const PREMORTEM = "It is three months later";
const JOURNEY = "What is the first thing";
const MUST = "What must work perfectly";
const PREFERENCES = "Your preferences";
const LEVEL = "How far shall it go?";

/** Plays one run in a fresh terminal. */
function run(
  context: ReturnType<typeof aContext>,
  options: Partial<TerminalInterview>,
  script: readonly (readonly [string, string])[],
) {
  const terminal = scriptedTerminal();
  const given = { goal: "Build a CRM", ...planning, ...options, streams: terminal.streams };
  return { terminal, ended: terminal.play(runInterview(context, given), script) };
}

const problemOf = async (work: Promise<unknown>): Promise<Problem> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Problem) return error;
  throw new Error(`no problem but ${String(error)}`);
};

describe("a whole interview on a terminal", () => {
  it("shows every question in order, keeps answers over Ctrl-C, goes on, and ends with the scope", async () => {
    const context = aContext(root);
    const first = run(context, {}, [
      [MODE, ENTER],
      [PLACE, ENTER],
      [MONEY, `lots${ENTER}`],
      ["is not an amount of money", `\u007f\u007f\u007f\u007f250${ENTER}`],
      [HOURS, ENTER],
      [TOKENS, ENTER],
      [RUNS, ENTER],
      [NEEDS, `Stripe${ENTER}`],
      [DEADLINE, CTRL_C],
    ]);
    const stopped = await problemOf(first.ended);
    const [id = ""] = await listInterviews(context.paths.interviews);
    expect(stopped).toMatchObject({
      exitCode: EXIT.interrupted,
      message: "Stopped; 7 answers are kept.",
      remedy: `Go on with: npx missions start --resume-interview ${id}`,
    });
    expect(first.terminal.shown()).toContain("Sort of goal: greenfield (the goal says build).");

    const second = run(context, { resume: true }, [
      ["Going on: 7 answers are kept.", ""],
      [DEADLINE, `in 9 days${ENTER}`],
      ["it counts from your approval", ""],
      [AT_DEADLINE, DOWN + ENTER],
      [PREMORTEM, `it was too slow; nobody was asked${ENTER}`],
      [JOURNEY, `<${ENTER}`],
      ["your answer before", ENTER],
      [JOURNEY, `add a customer and find her again${ENTER}`],
      [MUST, `search; not: mobile${ENTER}`],
      [PREFERENCES, ENTER],
      ["Which stack?", `Go${ENTER}`],
      ["Where do you deploy?", ENTER],
      ["Which test framework", ENTER],
      ["Which coding style?", ENTER],
      ["In which tone", `plain${ENTER}`],
      ["Which vendors do you prefer?", ENTER],
      ["Which vendors are to be avoided?", ENTER],
      [LEVEL, UP + ENTER],
      ["Everything is answered.", ""],
    ]);
    const interview = await second.ended;
    expect(interview.id).toBe(id);
    expect(scopeOf(interview)).toMatchObject({
      goal: "Build a CRM",
      type: "greenfield",
      mode: "full",
      level: "mvp",
      budget: { money_usd: 250, time_hours: 40, token_limit: 250_000_000 },
      deadline: { relative: "in 9 days", atDeadline: "stop" },
      infrastructure: "local",
      dependencies: "Stripe",
      nonGoals: ["mobile"],
      constraints: [
        "Do not let this happen: it was too slow",
        "Do not let this happen: nobody was asked",
      ],
      mustHold: [
        "The first journey works: add a customer and find her again",
        "It works without fault: search",
      ],
      preferences: { stack: "Go", tone: "plain" },
    });
    const kept = await readFile(join(context.environment.home, "preferences.yaml"), "utf8");
    expect(kept).toMatch(/^stack: Go$/m);
    // The file stays until the mission is made.
    expect(await listInterviews(context.paths.interviews)).toEqual([id]);
  });

  it("shows what the repository says, and offers what was remembered", async () => {
    const repo = await makeUserRepository(root);
    await writeFiles(repo, {
      "package.json": JSON.stringify({ scripts: { test: "jest" } }),
      "AGENTS.md": "Be kind.\n",
      "src/a.ts": "export {};\n",
    });
    await userGit(repo, "add", "-A");
    await userGit(repo, "commit", "-q", "-m", "More");
    const context = aContext(root, join(repo, "src"));
    mkdirSync(context.environment.home, { recursive: true });
    await writeFile(join(context.environment.home, "preferences.yaml"), "tone: dry\n");
    const { terminal, ended } = run(context, { goal: "Fix the login bug" }, [
      [`What ${repo} says:`, ""],
      ["Test: npm test", ""],
      ["For agents: AGENTS.md", ""],
      ["Sort of goal: enhancement", ""],
      [MODE, ENTER],
      [PLACE, ENTER],
      [MONEY, ENTER],
      [HOURS, ENTER],
      [TOKENS, ENTER],
      [RUNS, ENTER],
      [NEEDS, ENTER],
      [DEADLINE, ENTER],
      [JOURNEY, ENTER],
      [MUST, ENTER],
      ["How does one get back", ENTER],
      [PREFERENCES, ENTER],
      [LEVEL, ENTER],
    ]);
    const interview = await ended;
    expect(terminal.shown()).toContain("tone: dry");
    expect(placeOf(interview)).toEqual({ kind: "repository", path: repo });
    expect(scopeOf(interview)).toMatchObject({
      preferences: { tone: "dry" },
      repository: { testCommand: "npm test", instructions: ["AGENTS.md"] },
    });
  });

  it("says what planning may cost before the model is asked, and asks for the sort when they disagree", async () => {
    const context = aContext(root);
    let told = "";
    const opinion = () => {
      told = terminal.shown();
      return Promise.resolve({ type: "enhancement" as const, why: "a CRM is there" });
    };
    const { terminal, ended } = run(context, { hasModel: true, opinion }, [
      ["What sort of goal is this?", CTRL_C],
    ]);
    await problemOf(ended);
    expect(told).toContain("Planning may cost up to $2.00");
    // It was paid for: the second time it is known.
    const again = run(
      context,
      { hasModel: true, resume: true, opinion: () => Promise.reject(new Error("asked twice")) },
      [
        ["the model says: a CRM is there", ENTER],
        [MODE, CTRL_C],
      ],
    );
    expect((await problemOf(again.ended)).exitCode).toBe(EXIT.interrupted);
  });

  it("goes on without an opinion or a table that cannot be had", async () => {
    const broken = () =>
      Promise.reject(new Problem(EXIT.noModel, "No key for anthropic is kept.", "Enter one."));
    const { terminal, ended } = run(
      aContext(root),
      { hasModel: true, opinion: broken, level: broken, given: { preferences: "none" } },
      [
        ["Going on without the opinion of a model: No key for anthropic is kept.", ""],
        ...[MODE, PLACE, MONEY, HOURS, TOKENS, RUNS, NEEDS, DEADLINE].map(
          (text) => [text, ENTER] as const,
        ),
        ...[PREMORTEM, JOURNEY, MUST, LEVEL].map((text) => [text, ENTER] as const),
      ],
    );
    expect(scopeOf(await ended).level).toBe("production");
    expect(terminal.shown()).not.toContain(PREFERENCES);
    // What was given with the command is not an answer of an earlier sitting.
    expect(terminal.shown()).not.toContain("Going on:");
  });

  it("shows the table of levels, made from everything answered before, and recommends its level", async () => {
    const given = {
      mode: "full",
      "budget.money": "$40",
      "budget.hours": "10",
      preferences: "none",
    };
    const { ended } = run(
      aContext(root),
      {
        given,
        level: (scope) =>
          Promise.resolve({
            recommended: "mvp",
            lines: [`for $${scope.budget.money_usd} you get the MVP`],
            because: "the budget buys it",
          }),
      },
      [
        ...[PLACE, TOKENS, RUNS, NEEDS, DEADLINE, PREMORTEM, JOURNEY, MUST].map(
          (text) => [text, ENTER] as const,
        ),
        ["for $40 you get the MVP", ""],
        [LEVEL, ENTER],
      ],
    );
    expect(scopeOf(await ended)).toMatchObject({ level: "mvp", budget: { money_usd: 40 } });
  });

  it("says what is wrong with the preferences, goes on with none, and leaves the file alone", async () => {
    const context = aContext(root);
    mkdirSync(context.environment.home, { recursive: true });
    const file = join(context.environment.home, "preferences.yaml");
    await writeFile(file, "stack: [half");
    const { ended } = run(context, {}, [
      ["Your preferences cannot be used", ""],
      ...[MODE, PLACE, MONEY, HOURS, TOKENS, RUNS, NEEDS, DEADLINE].map(
        (text) => [text, ENTER] as const,
      ),
      ...[PREMORTEM, JOURNEY, MUST].map((text) => [text, ENTER] as const),
      [PREFERENCES, ENTER],
      ["Which stack?", `Go${ENTER}`],
      ...[
        "Where do you deploy?",
        "Which test",
        "Which coding",
        "In which tone",
        "do you prefer?",
        "to be avoided?",
      ].map((text) => [text, ENTER] as const),
      [LEVEL, ENTER],
    ]);
    expect(scopeOf(await ended).preferences).toEqual({ stack: "Go" });
    expect(await readFile(file, "utf8")).toBe("stack: [half");
  });

  it("has nothing to go on with where no interview is", async () => {
    const { ended } = run(aContext(root), { resume: true }, []);
    expect((await problemOf(ended)).exitCode).toBe(EXIT.notFound);
  });

  it("keeps goals of another language and with control characters from moving the terminal", async () => {
    const context = aContext(root);
    const goal = "顧客管理\u001b[2J\u0007 を作る";
    const { terminal, ended } = run(context, { goal }, [
      ["What sort of goal is this?", ENTER],
      [MODE, CTRL_C],
    ]);
    await problemOf(ended);
    expect(terminal.shown()).toContain("顧客管理 を作る");
  });
});
