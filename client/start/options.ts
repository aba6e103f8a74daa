/** What `start` was asked, checked for what cannot be meant. */
import { MISSION_ID } from "../../domain/ids.js";
import type {
  AtDeadline,
  ForgeKind,
  GoalType,
  MissionMode,
  OnAlert,
  OutcomeLevel,
} from "../../domain/mission.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { PlanOverrides } from "../../domain/read-plan.js";
import { readTypedDeadline, readTypedZone } from "./deadline.js";

export interface StartOptions {
  plan?: string | undefined;
  demo?: boolean | undefined;
  headless?: boolean | undefined;
  approve?: boolean | undefined;
  yes?: boolean | undefined;
  budget?: number | undefined;
  hours?: number | undefined;
  tokens?: number | undefined;
  mode?: MissionMode | undefined;
  repo?: string | undefined;
  homeless?: boolean | undefined;
  detach?: boolean | undefined;
  atOnce?: number | undefined;
  onAlert?: OnAlert | undefined;
  /** As typed. */
  deadline?: string | undefined;
  zone?: string | undefined;
  atDeadline?: AtDeadline | undefined;
  queue?: boolean | undefined;
  /** Id of an interview that is answered. */
  interview?: string | undefined;
  /** Id, or the last one. */
  resumeInterview?: string | true | undefined;
  type?: GoalType | undefined;
  level?: OutcomeLevel | undefined;
  /** USD that interview and planning may cost. */
  planningCap?: number | undefined;
  id?: string | undefined;
  unsandboxed?: boolean | undefined;
  /** Does the features that name no agent and are thought about. */
  agent?: string | undefined;
  forge?: ForgeKind | undefined;
}

const badInput = (message: string, remedy: string) => new Problem(EXIT.badInput, message, remedy);

/** The plan is there; nothing has to be asked or planned. */
export const hasPlan = ({ plan, demo }: StartOptions) => plan !== undefined || demo === true;

/** @param now the deadline must lie after it. @throws Problem badInput. */
export function checkOptions(goal: readonly string[], options: StartOptions, now: Date): void {
  const sentence = goal.join(" ").trim();
  if (goal.length > 0 && sentence === "") {
    throw badInput(
      "The goal is empty.",
      'Say in a sentence what shall be reached, as "Build a CRM"; or see it work: npx missions start --demo',
    );
  }
  const { plan, demo, id, deadline, zone } = options;
  if (plan !== undefined && demo === true) {
    throw badInput("--plan and --demo are two different missions.", "Give one of them.");
  }
  if (sentence !== "" && (plan !== undefined || demo === true)) {
    throw badInput(
      "A goal was given beside a plan, which has its own.",
      "Leave the goal out, or change it in the plan.",
    );
  }
  const { interview, resumeInterview, headless, repo, homeless, atDeadline } = options;
  const hasInterview = interview !== undefined || resumeInterview !== undefined;
  if (hasInterview && (hasPlan(options) || sentence !== "")) {
    throw badInput(
      "An interview has its own goal and makes its own plan.",
      "Leave the goal, --plan and --demo out.",
    );
  }
  if (resumeInterview !== undefined && headless === true) {
    throw badInput("--headless asks nothing, so no interview goes on.", "Use --interview ID.");
  }
  if (hasInterview && (repo !== undefined || homeless !== undefined)) {
    throw badInput(
      "An interview says itself where it works.",
      "Leave --repo and --homeless out; `<` goes back to that question while it is open.",
    );
  }
  if (headless === true && sentence !== "" && atDeadline !== undefined && deadline === undefined) {
    throw badInput(
      "--at-deadline is given without a deadline.",
      "Add --deadline, or leave it out.",
    );
  }
  if (!hasPlan(options) && !hasInterview && sentence === "") {
    throw badInput(
      "Nothing says what the mission is for.",
      'Say it: npx missions start "Build a CRM"; follow a plan: --plan FILE; or see it work: --demo',
    );
  }
  if (id !== undefined && !MISSION_ID.test(id)) {
    throw badInput(
      `${JSON.stringify(id.slice(0, 60))} is not the id of a mission.`,
      "Use m-, a date, and six letters or digits, as m-20270131-abc123.",
    );
  }
  if (deadline === undefined) readTypedZone(zone);
  else readTypedDeadline(deadline, zone, now);
}

/** Values of the command line that take the place of the plan's. */
export function overridesOf(options: StartOptions): PlanOverrides {
  return {
    mode: options.mode,
    budget: {
      money_usd: options.budget,
      time_hours: options.hours,
      token_limit: options.tokens,
      on_alert: options.onAlert,
    },
  };
}

export const isApproved = ({ approve, yes, demo, queue }: StartOptions) =>
  approve === true || yes === true || demo === true || queue === true;
