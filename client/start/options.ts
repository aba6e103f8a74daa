/** What `start` was asked, checked for what cannot be meant. */
import { MISSION_ID } from "../../domain/ids.js";
import type { AtDeadline, MissionMode, OnAlert } from "../../domain/mission.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { PlanOverrides } from "../../domain/read-plan.js";
import { readTypedDeadline } from "./deadline.js";

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
  id?: string | undefined;
  unsandboxed?: boolean | undefined;
}

const badInput = (message: string, remedy: string) => new Problem(EXIT.badInput, message, remedy);
const USE_PLAN =
  "Write a plan (npx missions schema plan prints its format, examples/ has three) and: npx missions start --plan FILE";

/** @param now the deadline must lie after it. @throws Problem badInput. */
export function checkOptions(goal: readonly string[], options: StartOptions, now: Date): void {
  const sentence = goal.join(" ").trim();
  if (goal.length > 0 && sentence === "") {
    throw badInput("The goal is empty.", `${USE_PLAN}; or see it work: npx missions start --demo`);
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
  if (plan === undefined && demo !== true) {
    throw sentence === ""
      ? badInput(
          "Nothing says what the mission is for.",
          `${USE_PLAN}; or see it work: npx missions start --demo`,
        )
      : badInput(
          "Planning from a sentence comes with the next version; this one follows a plan.",
          USE_PLAN,
        );
  }
  if (id !== undefined && !MISSION_ID.test(id)) {
    throw badInput(
      `${JSON.stringify(id.slice(0, 60))} is not the id of a mission.`,
      "Use m-, a date, and six letters or digits, as m-20270131-abc123.",
    );
  }
  if (deadline !== undefined) readTypedDeadline(deadline, zone, now);
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
