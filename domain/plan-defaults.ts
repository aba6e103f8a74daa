/** Fills in what a person left out of a plan: ids by position, agents, estimates. Idempotent. */
import { endOfDay } from "./deadline.js";
import { zoneNamed } from "./deadline-echo.js";
import { isThinking, type AgentName } from "./mission.js";
import type { Check, Plan, PlanBudget, PlanFeature } from "./plan.js";
import type { QaFlow } from "./qa.js";
import type { WrittenCheck, WrittenFeature, WrittenPlan } from "./schemas.js";

/** What a small feature takes with a mid-priced model; stands in until a plan or finished missions say better. */
export const BUILTIN_PRIOR = { usd: 0.5, hours: 0.25, tokens: 150_000 } as const;

/** An app of which nobody says what to look at has at least this page. */
export const HOME: QaFlow = { url: "/", name: "home" };

/** @param thinking does the features that name no agent and have no commands. */
export function withDefaults(written: WrittenPlan, thinking: AgentName = "builtin"): Plan {
  const { deadline, deadline_zone: zone = "UTC", ...rest } = written;
  const hasFlows = (written.flows ?? []).length > 0;
  // An unknown one is for the rules to name, with all else that is wrong.
  const known = zoneNamed(zone);
  return {
    ...rest,
    title: written.title.trim(),
    ...(written.app === undefined || hasFlows ? {} : { flows: [{ ...HOME }] }),
    ...(deadline === undefined ? {} : { deadline: instantFrom(deadline, known ?? "UTC") }),
    ...(written.deadline_zone === undefined ? {} : { deadline_zone: known ?? zone }),
    milestones: written.milestones.map((milestone, index) => {
      const id = milestoneId(milestone.id, index);
      return {
        id,
        title: milestone.title.trim(),
        checks: milestone.checks.map((check, i) => checkWithDefaults(check, id, i)),
        features: milestone.features.map((feature, i) =>
          featureWithDefaults(feature, id, i, written.budget, thinking),
        ),
        ...(milestone.ui === undefined ? {} : { ui: milestone.ui }),
      };
    }),
  };
}

/** A date alone is the end of that day. */
const instantFrom = (deadline: string, zone: string) =>
  deadline.includes("T") ? new Date(deadline).toISOString() : endOfDay(deadline, zone);

export const milestoneId = (given: string | undefined, index: number) => given ?? `${index + 1}`;
export const featureId = (given: string | undefined, milestone: string, index: number) =>
  given ?? `${milestone}.${index + 1}`;
export const checkId = (given: string | undefined, owner: string, index: number) =>
  given ?? `${owner}.${letters(index)}`;

function checkWithDefaults(written: WrittenCheck, owner: string, index: number): Check {
  const { id: given, ...check } = written;
  return { id: checkId(given, owner, index), ...check };
}

function featureWithDefaults(
  written: WrittenFeature,
  milestone: string,
  index: number,
  budget: PlanBudget,
  thinking: AgentName,
): PlanFeature {
  const { id: givenId, estimate: given, agent: asked, ...feature } = written;
  const id = featureId(givenId, milestone, index);
  const isOurs = feature.commands !== undefined || feature.kind === "browser-qa";
  const agent = asked ?? (isOurs ? "script" : thinking);
  const prior = priorEstimate(agent, budget);
  return {
    id,
    ...feature,
    title: feature.title.trim(),
    agent,
    touches: feature.touches.map(plainPrefix),
    checks: feature.checks.map((check, i) => checkWithDefaults(check, id, i)),
    estimate: {
      usd: given?.usd ?? prior.usd,
      hours: given?.hours ?? prior.hours,
      tokens: given?.tokens ?? prior.tokens,
    },
  };
}

/**
 * What a feature is taken to use where nobody said: nothing for scripts and people, as they call no model. A prior never
 * exceeds the whole budget: a person is not told off for a number that is ours.
 */
export function priorEstimate(agent: AgentName, budget: PlanBudget): PlanFeature["estimate"] {
  if (!isThinking(agent)) return { usd: 0, hours: 0, tokens: 0 };
  return {
    usd: Math.min(BUILTIN_PRIOR.usd, budget.money_usd),
    hours: Math.min(BUILTIN_PRIOR.hours, budget.time_hours),
    tokens: Math.min(BUILTIN_PRIOR.tokens, budget.token_limit),
  };
}

/** `./src/` and `src` are one prefix. */
const plainPrefix = (path: string) => path.replace(/^(\.\/+)+(?=.)/, "").replace(/(?<=.)\/+$/, "");

/** 0 is a, 25 is z, 26 is aa. */
function letters(index: number): string {
  const rest = Math.floor(index / 26);
  const last = String.fromCharCode(97 + (index % 26));
  return rest === 0 ? last : letters(rest - 1) + last;
}
