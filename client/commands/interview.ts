/** `interview ...`: the interview step by step, for callers without a terminal. Needs no server and asks no model. */
import { text as readAll } from "node:stream/consumers";
import { isatty } from "node:tty";
import { placeOf } from "../../domain/interview/goal-questions.js";
import {
  answerQuestion,
  type Interview,
  nextQuestion,
  scopeOf,
} from "../../domain/interview/interview.js";
import { EXIT, Problem, type ExitCode } from "../../domain/problem.js";
import { dropInterview, listInterviews } from "../../store/interviews.js";
import type { Context } from "../context.js";
import {
  findInterviewId,
  loadInterview,
  oneAnswerAtATime,
  planCommand,
  rememberFrom,
  saveInterview,
} from "../interview/keeping.js";
import { hintsFor } from "../interview/level-hint.js";
import { openInterviewHere } from "../interview/opening.js";
import {
  factsLines,
  questionLines,
  scopeLines,
  shownGoal,
  takenLines,
} from "../interview/shown.js";
import { removePlanInWork } from "../plan-gate/plan-in-work.js";
import { missionsCommand } from "../shell-words.js";
import { tableColumns } from "../terminal/output.js";
import { table } from "../terminal/table.js";

export async function runInterviewStart(
  context: Context,
  goal: string[],
  options: { repo?: string | undefined; homeless?: boolean | undefined },
): Promise<ExitCode> {
  const { interview, noticed } = await openInterviewHere(context, {
    goal: goal.length === 0 ? await fromStdin("the goal") : goal.join(" "),
    ...options,
  });
  await saveInterview(context, interview);
  for (const line of noticed) context.output.note(line);
  const { facts = null, place } = interview;
  const taken = takenLines(interview);
  const found =
    facts === null ? [] : [`What ${place.repository ?? ""} says:`, ...factsLines(facts)];
  const more = { facts, taken };
  await sayWhereItStands(context, interview, more, [...found, ...taken]);
  return EXIT.ok;
}

export async function runInterviewAnswer(
  context: Context,
  typed: string[],
  options: { question?: string | undefined; recommended?: boolean | undefined },
): Promise<ExitCode> {
  const [wanted = "", ...words] = typed;
  const id = await findInterviewId(context, wanted);
  if (options.recommended === true && words.length > 0) {
    throw bad(
      "An answer was given beside --recommended, which is one.",
      "Give the answer or --recommended.",
    );
  }
  const answer =
    options.recommended === true
      ? ""
      : words.length > 0
        ? words.join(" ")
        : await fromStdin("the answer");
  const interview = await oneAnswerAtATime(context, id, async () => {
    const before = await loadInterview(context, id);
    const hints = await hintsFor(context, before);
    const question = nextQuestion(before, hints);
    requireAsked(before, question?.id, options.question);
    const after = answerQuestion(before, question?.id ?? "", answer, new Date(), hints);
    await saveInterview(context, after);
    return after;
  });
  if (nextQuestion(interview) === undefined) {
    for (const line of await rememberFrom(context, interview)) context.output.note(line);
  }
  await sayWhereItStands(context, interview);
  return EXIT.ok;
}

export async function runInterviewShow(context: Context, [typed = ""]: string[]) {
  const interview = await loadInterview(context, await findInterviewId(context, typed));
  const { goal, answers, facts = null } = interview;
  const given = Object.entries(answers).map(([question, answer]) => `${question}: ${answer}`);
  const more = { goal, answers, facts, scope: scopeOf(interview) };
  await sayWhereItStands(context, interview, more, [`Goal: ${shownGoal(goal)}`, ...given]);
  return EXIT.ok;
}

export async function runInterviewDrop(context: Context, [typed = ""]: string[]) {
  const id = await findInterviewId(context, typed);
  const dropped = await oneAnswerAtATime(context, id, async () => {
    await removePlanInWork(context.paths, id);
    return dropInterview(context.paths.interviews, id);
  });
  context.output.answer({ id, dropped }, [`Interview ${id} is dropped.`]);
  return EXIT.ok;
}

export async function runInterviewList(context: Context) {
  const { output, paths } = context;
  const ids = await listInterviews(paths.interviews);
  const entries = await Promise.all(ids.map((id) => entryOf(context, id)));
  if (entries.length === 0) {
    output.answer(
      [],
      ['No interview is open. Start one with: npx missions interview start "GOAL"'],
    );
    return EXIT.ok;
  }
  const rows = entries.map(({ id, createdAt, state, goal }) => [
    id,
    createdAt.slice(0, 16).replace("T", " "),
    state,
    goal,
  ]);
  const head = ["INTERVIEW", "BEGUN (UTC)", "STATE", "GOAL"];
  output.answer(entries, table(head, rows, { width: tableColumns(output) }));
  return EXIT.ok;
}

async function entryOf(context: Context, id: string) {
  try {
    const interview = await loadInterview(context, id);
    const next = nextQuestion(interview);
    const state = next === undefined ? "done" : `asks ${next.id}`;
    return { id, createdAt: interview.createdAt, state, goal: shownGoal(interview.goal) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { id, createdAt: "", state: "damaged", goal: error.message };
  }
}

/** The next question, or the scope and the command that plans it. */
async function sayWhereItStands(
  context: Context,
  interview: Interview,
  more: Record<string, unknown> = {},
  linesBefore: string[] = [],
): Promise<void> {
  const { output } = context;
  const { id } = interview;
  const question = nextQuestion(interview, await hintsFor(context, interview)) ?? null;
  if (question !== null) {
    const answer = `${missionsCommand("interview", "answer", id)} ANSWER`;
    output.answer({ id, ...more, question, done: false }, [
      `Interview ${id}`,
      ...linesBefore,
      "",
      ...questionLines(question),
      "",
      `Answer with: ${answer}`,
      `Take what is recommended with: ${missionsCommand("interview", "answer", id, "--recommended")}`,
    ]);
    return;
  }
  const scope = scopeOf(interview);
  const next = planCommand(id);
  const place = placeOf(interview);
  output.answer({ id, ...more, question, done: true, scope, place, next }, [
    `Interview ${id} is done.`,
    ...linesBefore,
    "",
    ...scopeLines(scope),
    `Works in  ${place.path}`,
    "",
    `Plan it with: ${next}`,
  ]);
}

/** @throws Problem notNow when nothing is asked any more, or something else than the caller thinks. */
function requireAsked(
  { id }: Interview,
  next: string | undefined,
  expected: string | undefined,
): void {
  if (next === undefined) {
    throw new Problem(
      EXIT.notNow,
      "Everything is answered in this interview.",
      `Plan it with: ${planCommand(id)}`,
    );
  }
  if (expected === undefined || expected === next) return;
  throw new Problem(
    EXIT.notNow,
    `The interview asks ${next} now, not ${JSON.stringify(expected.slice(0, 60))}.`,
    `Look at the question with: ${missionsCommand("interview", "show", id)}`,
  );
}

/** Piped in; a terminal is not waited on. */
async function fromStdin(what: string): Promise<string> {
  const piped = isatty(0) ? "" : await readAll(process.stdin);
  if (piped.trim() !== "") return piped.replace(/\r?\n$/, "");
  throw bad(
    `Nothing was given as ${what}.`,
    `Give it as an argument or through stdin${what === "the answer" ? ", or take what is recommended with --recommended" : ""}.`,
  );
}

const bad = (message: string, remedy: string) => new Problem(EXIT.badInput, message, remedy);
