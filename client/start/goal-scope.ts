/** What a goal stands for: asked on a terminal, assumed without one, or answered before, step by step. */
import { placeOf } from "../../domain/interview/goal-questions.js";
import { headlessScope } from "../../domain/interview/headless.js";
import { nextQuestion, scopeOf, type Interview } from "../../domain/interview/interview.js";
import { deadlineSpanMs } from "../../domain/deadline.js";
import { microUsdFromUsd } from "../../domain/money.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { Scope } from "../../domain/scope.js";
import { bringUp } from "../bring-up.js";
import { withClient, type Context } from "../context.js";
import { findInterviewId, loadInterview, saveInterview } from "../interview/keeping.js";
import { levelHint } from "../interview/level-hint.js";
import { openInterviewHere, withAnswers } from "../interview/opening.js";
import { runInterview } from "../interview/terminal.js";
import { classifyGoal } from "../planning/classify.js";
import { PLANNING_CAP_USD } from "../planning/planning-cap.js";
import { missionsCommand } from "../shell-words.js";
import { readTypedDeadline } from "./deadline.js";
import type { StartOptions } from "./options.js";
import type { Planner } from "./planner.js";

export interface GoalScope {
  missionId: string;
  scope: Scope;
  /** As `choosePlaces` takes it. */
  asked: { repo?: string; homeless?: boolean };
}

/** @throws Problem when nobody can be asked, or an interview is not answered yet. */
export async function scopeOfGoal(
  context: Context,
  goal: string,
  options: StartOptions,
  planner: Planner,
): Promise<GoalScope> {
  const { interview, headless, onAlert } = options;
  const found = await (interview !== undefined
    ? answered(context, interview, options, planner)
    : headless === true
      ? assumed(context, goal, options, planner)
      : asked(context, goal, options, planner));
  if (onAlert === undefined) return found;
  const { scope } = found;
  return { ...found, scope: { ...scope, budget: { ...scope.budget, on_alert: onAlert } } };
}

async function asked(
  context: Context,
  goal: string,
  options: StartOptions,
  planner: Planner,
): Promise<GoalScope> {
  if (!context.output.interactive) {
    throw new Problem(
      EXIT.badInput,
      "Without a terminal nobody can be asked.",
      options.resumeInterview === undefined
        ? "Plan it without questions: add --headless; or answer step by step: npx missions interview start GOAL"
        : "Answer step by step: npx missions interview list names it, and npx missions interview answer ID ANSWER takes an answer.",
    );
  }
  const planningCapUsd = options.planningCap ?? PLANNING_CAP_USD;
  const interview = await runInterview(context, {
    goal,
    id: options.id,
    repo: options.repo,
    homeless: options.homeless,
    given: givenBy(options),
    zone: options.zone,
    resume: options.resumeInterview,
    opinion: (open) => opinionOn(context, open, planner, planningCapUsd),
    level: (scope) => levelHint(context, scope),
    planningCapUsd,
    hasModel: planner.kind === "model",
    streams: context.streams,
  });
  return fromInterview(interview, planner);
}

const fromInterview = (interview: Interview, { routing }: Planner): GoalScope => ({
  missionId: interview.id,
  scope: { ...scopeOf(interview), routing },
  asked: askedBy(interview),
});

function askedBy(interview: Interview): GoalScope["asked"] {
  const { kind, path } = placeOf(interview);
  return kind === "homeless" ? { homeless: true } : { repo: path };
}

/** Answers that flags gave are not asked. */
function givenBy(options: StartOptions): Record<string, string> {
  const { type, mode, budget, hours, tokens, deadline, atDeadline, level } = options;
  const given: [string, string | number | undefined][] = [
    ["type", type],
    ["mode", mode],
    ["budget.money", budget],
    ["budget.hours", hours],
    ["budget.tokens", tokens],
    ["deadline", deadline],
    ["at_deadline", deadline === undefined ? undefined : atDeadline],
    ["level", level],
  ];
  return Object.fromEntries(
    given.flatMap(([id, value]) => (value === undefined ? [] : [[id, String(value)]])),
  );
}

async function answered(
  context: Context,
  typed: string,
  options: StartOptions,
  planner: Planner,
): Promise<GoalScope> {
  const id = await findInterviewId(context, typed);
  const wishes = { given: givenBy(options), zone: options.zone };
  const interview = withAnswers(await loadInterview(context, id), wishes, new Date());
  await saveInterview(context, interview);
  const question = nextQuestion(interview);
  if (question === undefined) return fromInterview(interview, planner);
  throw new Problem(
    EXIT.notNow,
    `The interview ${id} is not finished: it asks ${question.id} next.`,
    `Answer with: ${missionsCommand("interview", "answer", id)} ANSWER; or on a terminal: ${missionsCommand("start", "--resume-interview", id)}`,
  );
}

async function assumed(
  context: Context,
  goal: string,
  options: StartOptions,
  planner: Planner,
): Promise<GoalScope> {
  const { id, repo, homeless, type, mode, budget: usd, hours, tokens, level } = options;
  const opened = await openInterviewHere(context, { goal, id, repo, homeless });
  for (const line of opened.noticed) context.output.note(line);
  const { interview } = opened;
  const deadline = deadlineBy(options);
  const given = { type, mode, usd, hours, tokens, level, deadline };
  const asked = askedBy(interview);
  const inPlace = placeOf(interview).kind === "repository";
  const { preferences, facts } = interview;
  const { routing } = planner;
  const repository = inPlace ? facts : undefined;
  const known = { goal, given, preferences, routing, repository };
  const hint = await levelHint(context, headlessScope(known));
  const scope = headlessScope({ ...known, level: hint });
  return { missionId: interview.id, scope, asked };
}

function deadlineBy({ deadline, zone, atDeadline = "finish" }: StartOptions): Scope["deadline"] {
  if (deadline === undefined) return undefined;
  const read = readTypedDeadline(deadline, zone, new Date());
  const relative = deadlineSpanMs(deadline) === undefined ? {} : { relative: deadline };
  return { ...read, atDeadline, ...relative };
}

/** Paid, so only a model that is set up is asked. */
async function opinionOn(
  context: Context,
  interview: Interview,
  planner: Planner,
  planningCapUsd: number,
) {
  if (planner.kind !== "model") return undefined;
  await bringUp(context);
  const { id: missionId } = interview;
  const { model } = planner;
  const capMicroUsd = microUsdFromUsd(planningCapUsd);
  return withClient(context, (client) =>
    classifyGoal(context, client, { missionId, scope: scopeOf(interview), model, capMicroUsd }),
  );
}
