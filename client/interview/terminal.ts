/** The interview on a terminal: one question after the other, each answer kept at once. */
import { echoDeadline } from "../../domain/deadline.js";
import {
  answerQuestion,
  canGoBack,
  type GoalOpinion,
  goBack,
  type Interview,
  nextQuestion,
  scopeOf,
} from "../../domain/interview/interview.js";
import { GO_BACK, type Question } from "../../domain/interview/question.js";
import { formatUsd, microUsdFromUsd } from "../../domain/money.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { Scope } from "../../domain/scope.js";
import { listInterviews } from "../../store/interviews.js";
import type { Context } from "../context.js";
import { unlessInterrupted } from "../start/interrupt.js";
import type { Streams } from "../terminal/ask.js";
import { createPrompts, type Prompts } from "../terminal/interview-prompts.js";
import type { LevelHint } from "./level-hint.js";
import {
  findInterviewId,
  loadInterview,
  rememberFrom,
  resumeCommand,
  saveInterview,
} from "./keeping.js";
import { openInterviewHere, type OpeningWishes, withAnswers } from "./opening.js";
import { aboveQuestion, factsLines, shownGoal, takenLines } from "./shown.js";

export interface TerminalInterview extends OpeningWishes {
  /** Goes on with an interview: by id, or `true` for the one that was touched last. The goal is then the interview's. */
  resume?: string | true | undefined;
  /** A model's opinion of the sort of goal; paid for, so asked once and only after the cap was said. */
  opinion?: ((interview: Interview) => Promise<GoalOpinion | undefined>) | undefined;
  /** The table of outcome levels. */
  level?: ((scope: Scope) => Promise<LevelHint | undefined>) | undefined;
  planningCapUsd: number;
  hasModel: boolean;
  /** Left out: the terminal. */
  streams?: Streams | undefined;
}

/**
 * Asks until everything is answered. The file of the interview stays until the mission is made.
 * @throws Problem interrupted (130) on Ctrl-C, with the command that goes on; answers are kept.
 */
export async function runInterview(
  context: Context,
  options: TerminalInterview,
): Promise<Interview> {
  const prompts = await createPrompts(options.streams);
  const { interview: opened, noticed } = await openOrResume(context, options);
  await saveInterview(context, opened);
  greet(prompts, opened, noticed, options);
  let interview = await withOpinion(context, prompts, opened, options);
  prompts.say(takenLines(interview));
  for (;;) {
    const question = await questionFor(prompts, interview, options);
    if (question === undefined) break;
    const answered = await ask(prompts, interview, question);
    if (answered === undefined) throw stopped(interview);
    interview = answered;
    await saveInterview(context, interview);
    if (question.kind === "deadline") prompts.say(deadlineLines(interview));
  }
  prompts.say(await rememberFrom(context, interview));
  prompts.outro("Everything is answered.");
  return interview;
}

async function openOrResume(
  context: Context,
  options: TerminalInterview,
): Promise<{ interview: Interview; noticed: string[] }> {
  const { resume } = options;
  if (resume === undefined) return openInterviewHere(context, options);
  const [latest] = resume === true ? await listInterviews(context.paths.interviews) : [];
  if (resume === true && latest === undefined) {
    throw new Problem(
      EXIT.notFound,
      "There is no interview to go on with.",
      'Start one with: npx missions start "what shall be reached"',
    );
  }
  const id = latest ?? (await findInterviewId(context, String(resume)));
  const kept = await loadInterview(context, id);
  return { interview: withAnswers(kept, options, new Date()), noticed: [] };
}

function greet(
  prompts: Prompts,
  interview: Interview,
  noticed: readonly string[],
  { hasModel, planningCapUsd, resume }: TerminalInterview,
): void {
  const { goal, facts, answers } = interview;
  prompts.intro(shownGoal(goal));
  prompts.say(noticed);
  if (facts !== undefined) {
    prompts.say([
      `What ${interview.place.repository ?? "the repository"} says:`,
      ...factsLines(facts),
    ]);
  }
  prompts.say([
    hasModel
      ? `Planning may cost up to ${formatUsd(microUsdFromUsd(planningCapUsd))}, as part of the mission's money.`
      : "No model is set up: the plan comes from a blueprint, and planning costs nothing.",
  ]);
  const kept = Object.keys(answers).length;
  prompts.say([
    // Answers given by options are none that were kept.
    ...(kept === 0 || resume === undefined
      ? []
      : [`Going on: ${kept} ${kept === 1 ? "answer is" : "answers are"} kept.`]),
    `Enter takes what is recommended, "${GO_BACK}" goes back, Ctrl-C stops and keeps your answers.`,
  ]);
}

/** Without an opinion the interview goes on by signal words alone. */
async function withOpinion(
  context: Context,
  prompts: Prompts,
  interview: Interview,
  { opinion, hasModel }: TerminalInterview,
): Promise<Interview> {
  const settled = interview.opinion !== undefined || interview.answers["type"] !== undefined;
  if (opinion === undefined || !hasModel || settled) return interview;
  const given = await ifItCan(prompts, interview, "the opinion of a model", () =>
    opinion(interview),
  );
  if (given === undefined) return interview;
  const known = { ...interview, opinion: given };
  await saveInterview(context, known);
  return known;
}

/** The table of levels is made when it is asked for, from everything answered until then. */
async function questionFor(
  prompts: Prompts,
  interview: Interview,
  { level }: TerminalInterview,
): Promise<Question | undefined> {
  const question = nextQuestion(interview);
  if (question?.id !== "level" || level === undefined) return question;
  const hint = await ifItCan(prompts, interview, "the table of levels", () =>
    level(scopeOf(interview)),
  );
  return nextQuestion(interview, { level: hint });
}

/** What only helps must not end an interview. @throws Problem interrupted on Ctrl-C meanwhile. */
async function ifItCan<T>(
  prompts: Prompts,
  interview: Interview,
  what: string,
  work: () => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await unlessInterrupted(work(), () => stopped(interview));
  } catch (error) {
    if (!(error instanceof Problem) || error.exitCode === EXIT.interrupted) throw error;
    prompts.say([`Going on without ${what}: ${error.message} ${error.remedy}`]);
    return undefined;
  }
}

/** @returns the interview with the answer, or one question further back; undefined on Ctrl-C. */
async function ask(
  prompts: Prompts,
  interview: Interview,
  question: Question,
): Promise<Interview | undefined> {
  prompts.say(aboveQuestion(question));
  const typed = await (question.options === undefined
    ? askLine(prompts, interview, question)
    : askChoice(prompts, question));
  if (typed === undefined) return undefined;
  if (typed.trim() === GO_BACK) return goBack(interview, question.id);
  return answerQuestion(interview, question.id, typed, new Date());
}

function askChoice(prompts: Prompts, { id, text, options = [], recommended }: Question) {
  const back = { value: GO_BACK, label: `${GO_BACK} Go back one question` };
  const shown = options.map(({ value, label, means }) => ({
    value,
    label,
    ...(means === undefined ? {} : { hint: means }),
  }));
  return prompts.choose(text, canGoBack(id) ? [...shown, back] : shown, recommended);
}

function askLine(prompts: Prompts, interview: Interview, { id, text, recommended }: Question) {
  return prompts.line(text, recommended, (typed) => {
    try {
      answerQuestion(interview, id, typed, new Date());
      return undefined;
    } catch (error) {
      if (error instanceof Problem) return `${error.message} ${error.remedy}`;
      throw error;
    }
  });
}

function deadlineLines({ deadline }: Interview): string[] {
  if (deadline === undefined) return [];
  const counts = deadline.relative ? " if you approved now; it counts from your approval" : "";
  return [`Deadline: ${echoDeadline(deadline, new Date())}${counts}`];
}

function stopped({ id, answers }: Interview): Problem {
  const kept = Object.keys(answers).length;
  return new Problem(
    EXIT.interrupted,
    `Stopped; ${kept} ${kept === 1 ? "answer is" : "answers are"} kept.`,
    `Go on with: ${resumeCommand(id)}`,
  );
}
