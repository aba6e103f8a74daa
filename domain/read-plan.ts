/** The one door for plans: shape, defaults, rules; what comes out may be run. */
import { EXIT, Problem } from "./problem.js";
import type { AgentName } from "./mission.js";
import type { Plan, PlanBudget } from "./plan.js";
import { withDefaults } from "./plan-defaults.js";
import { violationOf, type Violation } from "./plan-issues.js";
import { budgetViolations, planViolations, sizeViolation } from "./plan-rules.js";
import { readWrittenPlan, type SchemaIssue } from "./schemas.js";

/** Values of the command line that take the place of the plan's. */
export interface PlanOverrides {
  mode?: Plan["mode"] | undefined;
  budget?: { [Key in keyof PlanBudget]?: PlanBudget[Key] | undefined } | undefined;
  /** Does the features that name no agent; a plan that is complete names one for each. */
  agent?: AgentName | undefined;
}

const SHOWN = 20;

/**
 * Makes a plan of anything: a parsed file, the answer of a model, a plan itself.
 * @throws Problem (badInput) that lists the violations, at most 20, each with where and the remedy.
 */
export function readPlan(value: unknown, overrides: PlanOverrides = {}): Plan {
  const tooLarge = sizeViolation(value);
  if (tooLarge !== undefined) throw planProblem([tooLarge]);
  const written = overridden(value, overrides);
  const read = readWrittenPlan(written);
  if ("issues" in read) throw planProblem(shapeViolations(read.issues, written));
  const plan = withDefaults(read.plan, overrides.agent);
  const violations = planViolations(plan);
  if (violations.length > 0) throw planProblem(violations);
  return plan;
}

/** The schema stops at NaN and infinity; the rule about budgets says it better and together with the other limits. */
function shapeViolations(issues: readonly SchemaIssue[], written: unknown): Violation[] {
  const budget = isRecord(written) && isRecord(written["budget"]) ? written["budget"] : {};
  const { money_usd, time_hours, token_limit, alert_threshold_pct = 80 } = budget;
  const limits = [money_usd, time_hours, token_limit, alert_threshold_pct];
  if (!limits.every((limit) => typeof limit === "number")) {
    return issues.map((issue) => violationOf(issue, written));
  }
  const [usd = 0, hours = 0, tokens = 0, pct = 0] = limits;
  const rest = issues.filter(
    ({ path }) => path[0] !== "budget" || typeof budget[String(path[1])] !== "number",
  );
  return [
    ...budgetViolations({
      money_usd: usd,
      time_hours: hours,
      token_limit: tokens,
      alert_threshold_pct: pct,
      on_alert: "ask",
    }),
    ...rest.map((issue) => violationOf(issue, written)),
  ];
}

function overridden(value: unknown, { mode, budget }: PlanOverrides): unknown {
  if (!isRecord(value)) return value;
  const given = Object.entries(budget ?? {}).filter(([, amount]) => amount !== undefined);
  const written = { ...value };
  if (mode !== undefined) written["mode"] = mode;
  if (given.length > 0) {
    const own = isRecord(value["budget"]) ? value["budget"] : {};
    written["budget"] = { ...own, ...Object.fromEntries(given) };
  }
  return written;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const planProblem = (violations: readonly Violation[]) =>
  faultsProblem("The plan", "plan", violations);

/** All violations in one Problem. @param schema of `missions schema`. */
export function faultsProblem(
  whose: string,
  schema: "plan" | "flows",
  violations: readonly Violation[],
): Problem {
  const [first] = violations;
  if (violations.length === 1 && first !== undefined) {
    return new Problem(EXIT.badInput, first.sentence, first.remedy);
  }
  const lines = violations
    .slice(0, SHOWN)
    .map(({ sentence, remedy }) => `  - ${sentence} ${remedy}`);
  const more = violations.length - lines.length;
  if (more > 0) lines.push(`  - and ${more} more`);
  return new Problem(
    EXIT.badInput,
    [`${whose} has ${violations.length} faults:`, ...lines].join("\n"),
    `Mend them and try again; \`npx missions schema ${schema}\` prints the format.`,
  );
}
