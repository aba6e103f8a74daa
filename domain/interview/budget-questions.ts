/** Questions about money, time, tokens and what binds: what a mission may use, where it runs, whom it needs, until when. */
import { readHours, readMoney, readTokens } from "../budget-words.js";
import type { AtDeadline } from "../mission.js";
import { formatTokens, MAXIMA } from "../money.js";
import type { PlanBudget } from "../plan.js";
import { NONE, type Question } from "./question.js";
import type { Interview } from "./interview.js";

/**
 * What is proposed where nothing is said. Money: moderate, the built-in prior of two hundred small features
 * (BUILTIN_PRIOR, $0.50 each). Hours: one working week of active time.
 */
export const MODERATE_USD = 100;
export const WEEK_HOURS = 40;

/** Three times what the built-in prior takes for a dollar, so that money ends a mission before tokens do. */
const TOKENS_PER_USD = 1_000_000;

/** As in a plan that says nothing of it. */
const ALERT = { alert_threshold_pct: 80, on_alert: "ask" } as const;

export const tokensFor = (usd: number): number =>
  Math.min(MAXIMA.tokens, Math.max(1, Math.round(usd * TOKENS_PER_USD)));

export const budgetFrom = (usd: number, hours: number, tokens = tokensFor(usd)): PlanBudget => ({
  money_usd: usd,
  time_hours: hours,
  token_limit: tokens,
  ...ALERT,
});

/** The budget as answered so far; what is not answered, or cannot be read any more, as recommended. */
export function budgetOf({ answers }: Interview): PlanBudget {
  const usd = readOr(readMoney, answers["budget.money"], MODERATE_USD);
  return budgetFrom(
    usd,
    readOr(readHours, answers["budget.hours"], WEEK_HOURS),
    readOr(readTokens, answers["budget.tokens"], tokensFor(usd)),
  );
}

function readOr(read: (typed: string) => number, typed: string | undefined, otherwise: number) {
  try {
    return typed === undefined ? otherwise : read(typed);
  } catch {
    return otherwise;
  }
}

export function budgetQuestions(interview: Interview): Question[] {
  const usd = budgetOf(interview).money_usd;
  const deploy = interview.preferences["deploy_target"];
  return [
    {
      id: "budget.money",
      text: "What may it cost, in US dollars?",
      help: "Models and purchases together; nothing is spent above it.",
      kind: "money",
      recommended: `$${MODERATE_USD}`,
      because: "a moderate amount; the levels at the end show what it buys",
      optional: false,
    },
    {
      id: "budget.hours",
      text: "How many hours may it work?",
      help: "The clock stands while everything waits, for people or replies, or is paused.",
      kind: "hours",
      recommended: String(WEEK_HOURS),
      because: "a working week",
      optional: false,
    },
    {
      id: "budget.tokens",
      text: "How many tokens may it use?",
      help: "A second brake for models that cost little.",
      kind: "tokens",
      recommended: formatTokens(tokensFor(usd)),
      because: "enough that the money ends first with most models",
      optional: false,
    },
    {
      id: "infrastructure",
      text: "Where shall the result run?",
      help: "The plan ends with it running there.",
      kind: "text",
      recommended: deploy ?? "local",
      because: deploy === undefined ? "it needs no account" : "your preferences",
      optional: false,
    },
    {
      id: "dependencies",
      text: "Which services or people outside does it need?",
      help: "Each is a wait or a cost that the plan must hold, as Stripe or a domain registrar.",
      kind: "text",
      recommended: NONE,
      because: "nothing outside can hold it up",
      optional: true,
    },
    {
      id: "deadline",
      text: "Is there a deadline?",
      help: `A date, a time or a span, as "2027-01-31 18:00", "friday 18:00" or "in 9 days"; a span counts from approval.`,
      kind: "deadline",
      recommended: NONE,
      because: "the hours of work end it already",
      optional: true,
    },
    ...(interview.deadline === undefined ? [] : [atDeadlineQuestion]),
  ];
}

const atDeadlineQuestion: Question = {
  id: "at_deadline",
  text: "What shall happen at the deadline?",
  help: "No new work starts after it in any case.",
  kind: "choice",
  options: [
    {
      value: "finish",
      label: "Finish what runs",
      means: "started features end, nothing new starts",
    },
    { value: "stop", label: "Stop", means: "running work ends after its call in flight" },
    { value: "ask", label: "Ask", means: "it pauses, and you decide" },
  ],
  recommended: "finish",
  because: "half-made features help nobody",
  optional: false,
};

export function atDeadlineOf({ answers }: Interview): AtDeadline {
  const answer = answers["at_deadline"];
  return answer === "stop" || answer === "ask" ? answer : "finish";
}
