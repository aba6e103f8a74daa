/** The feature that mends what a validation found: one for each failed round, in the same milestone. Pure. */
import { checkIdOf, isForPerson, runOf } from "../finding-evidence.js";
import { worstFirst, type Finding } from "../findings.js";
import { isThinking } from "../mission.js";
import type { Check, Plan, PlanFeature, PlanMilestone } from "../plan.js";
import { blockingFindings } from "../validation-outcome.js";
import type { ValidationReport } from "../validation-work.js";
import { withChecks } from "./edit-links.js";
import { nextId, tidy, usedIds, withMilestone } from "./edit-places.js";
import { fixBrief } from "./fix-brief.js";
import type { PlanExtension } from "./plan-extension.js";

/** Leaves room for the number within what an id may take. */
const STEM = 24;

/** Same plan and report, same result. */
export function withFix(plan: Plan, milestoneId: string, report: ValidationReport): PlanExtension {
  const milestone = plan.milestones.find(({ id }) => id === milestoneId);
  if (milestone === undefined) return no(`The plan has no milestone ${milestoneId}.`);
  const blocking = worstFirst(blockingFindings(report));
  const mendable = blocking.filter((finding) => !isForPerson(report, finding));
  if (blocking.length === 0) return no("Nothing is named that could be mended.");
  if (mendable.length === 0) return no(forPersonText(blocking));
  const builder = builderOf(milestone);
  if (builder === undefined)
    return no("All of it was built by scripts or people, and only an agent that thinks can mend.");
  const fix = tidy<PlanFeature>({
    id: fixId(plan, milestone, report.round),
    title: `Mend what validation found (round ${report.round})`,
    kind: "code",
    agent: builder.agent,
    brief: fixBrief(report, mendable),
    dependsOn: leavesOf(milestone),
    touches: [],
    checks: checksFor(milestone, report, mendable),
    estimate: medianEstimate(milestone, plan),
    tier: builder.tier,
    model: builder.model,
  });
  const features = [...milestone.features, fix];
  const extended = withMilestone(plan, milestone.id, { features });
  return { kind: "extended", plan: extended, added: [fix.id], removed: [] };
}

const no = (why: string): PlanExtension => ({ kind: "impossible", why });

const forPersonText = (findings: readonly Finding[]) =>
  findings
    .slice(0, 3)
    .map(({ what }) => what)
    .join(" ")
    .slice(0, 500);

/** Counts with the rounds and is never given twice, also where a person dropped an earlier one. */
function fixId(plan: Plan, { id }: PlanMilestone, round: number): string {
  const stem = `${id.slice(0, STEM).replace(/\.+$/, "")}.fix-`;
  const used = usedIds(plan);
  const own = `${stem}${round}`;
  return used.has(own.toLowerCase()) ? nextId(stem, used) : own;
}

/** Who did most of what was thought about: the commonest agent with the commonest tier and model of its features. */
function builderOf({ features }: PlanMilestone) {
  const thinking = features.filter(({ agent }) => isThinking(agent));
  const agent = commonest(thinking.map((feature) => feature.agent));
  if (agent === undefined) return undefined;
  const own = thinking.filter((feature) => feature.agent === agent);
  return {
    agent,
    tier: commonest(own.map(({ tier }) => tier)),
    model: commonest(own.map(({ model }) => model)),
  };
}

/** The first of those that come as often. */
function commonest<T>(values: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  return [...counts].find(([, count]) => count === most)?.[0];
}

/** Features on which no other of the milestone waits: after them, all are done. */
function leavesOf({ features }: PlanMilestone): string[] {
  const needed = new Set(features.flatMap(({ dependsOn }) => dependsOn));
  return features.map(({ id }) => id).filter((id) => !needed.has(id));
}

/** What failed must hold when the fix is done; it fails now, so each is its own negative control. */
function checksFor(
  milestone: PlanMilestone,
  report: ValidationReport,
  findings: readonly Finding[],
): Check[] {
  const checks: Check[] = [];
  const seen = new Set<string>();
  for (const finding of findings) {
    const run = runOf(report.runs, finding);
    // What passes now and then would count as passing before the fix.
    if (run?.verdict !== "failed" || seen.has(run.id)) continue;
    seen.add(run.id);
    const planned = plannedCheck(milestone, run.id);
    if (planned !== undefined) {
      const { sentence, verify } = planned;
      const id = run.id.replace("/", ".").slice(0, 60);
      if (ENGINE_SEES.has(verify.method)) checks.push({ id, sentence, verify });
    } else if (finding.source === "tests") {
      const id = `test-${checks.length + 1}`;
      const { sentence, how } = run;
      checks.push({ id, sentence, verify: { method: "bash", run: how } });
    }
  }
  return withChecks([], checks);
}

/** Of the milestone, or of one of its features. */
const plannedCheck = ({ checks, features }: PlanMilestone, runId: string): Check | undefined =>
  checks.find(({ id }) => id === runId) ??
  features
    .flatMap(({ id, checks: own }) => own.map((check) => ({ check, name: checkIdOf(id, check) })))
    .find(({ name }) => name === runId)?.check;

const ENGINE_SEES: ReadonlySet<Check["verify"]["method"]> = new Set([
  "bash",
  "codebase",
  "browser",
]);

/** Of the milestone's thinking features, each part on its own, within the whole budget. */
function medianEstimate({ features }: PlanMilestone, { budget }: Plan): PlanFeature["estimate"] {
  const thinking = features.filter(({ agent }) => isThinking(agent));
  const middle = (pick: (estimate: PlanFeature["estimate"]) => number) => {
    const sorted = thinking.map(({ estimate }) => pick(estimate)).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  };
  return {
    usd: Math.min(
      middle(({ usd }) => usd),
      budget.money_usd,
    ),
    hours: Math.min(
      middle(({ hours }) => hours),
      budget.time_hours,
    ),
    tokens: Math.min(
      middle(({ tokens }) => tokens),
      budget.token_limit,
    ),
  };
}
