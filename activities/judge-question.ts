/** What a judge is asked: whom, about which evidence, and for how much at most. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { evidenceIds } from "../domain/judge.js";
import type { Amount } from "../domain/mission.js";
import type { Plan, PlanMilestone } from "../domain/plan.js";
import type { QaVisit } from "../domain/qa.js";
import { judgeJsonSchema } from "../domain/schemas/judge.js";
import type { ValidationReport } from "../domain/validation-work.js";
import { readMissionRecord } from "../store/mission-record.js";
import { readPrompt } from "../store/prompts.js";
import { confine } from "./adapters/confined-path.js";
import { judgeMessage, LONGEST_JUDGE_BYTES, pageEvidence } from "./judge-prompt.js";
import { promptBound, worstCost } from "./metering.js";
import { withSchema } from "./planning-prompt.js";
import { REVIEW_ANSWER } from "./review-answer.js";
import { findValidationModel } from "./review-question.js";
import type { ReviewDependencies } from "./review-question.js";

export type JudgeDependencies = Omit<ReviewDependencies, "git">;

/** What one look of a judge costs at most, or why nobody can look. Never pays. */
export async function judgeOffer(
  deps: Pick<JudgeDependencies, "models" | "prices" | "prompts">,
  plan: Pick<Plan, "model_routing">,
): Promise<{ ask: Amount } | { why: string }> {
  const found = await findValidationModel(deps, plan.model_routing);
  if ("why" in found) return found;
  const system = await judgeSystem(deps);
  const bytes = Buffer.byteLength(system) + LONGEST_JUDGE_BYTES;
  const inputTokens = promptBound(undefined, bytes, 1);
  return { ask: worstCost(deps.prices, found.model, inputTokens, REVIEW_ANSWER.wanted) };
}

export async function judgeSystem({ prompts }: Pick<JudgeDependencies, "prompts">) {
  const { text } = await readPrompt(prompts, "judge");
  return withSchema(text, judgeJsonSchema());
}

/** What is asked, and the ids on which an answer may rest. */
export async function judgeQuestion(
  deps: Pick<JudgeDependencies, "paths">,
  order: { missionId: string; plan: Plan; milestone: PlanMilestone; report: ValidationReport },
) {
  const visits = await readVisits(deps, order.missionId, order.report);
  const pages = pageEvidence(visits);
  return {
    message: judgeMessage({ ...order, pages }),
    evidence: evidenceIds(
      order.report,
      pages.map(({ id }) => id),
    ),
  };
}

/** What the browser saw, from the report that lies in the mission folder; none where it is not on this host. */
async function readVisits(
  { paths }: Pick<JudgeDependencies, "paths">,
  missionId: string,
  { browser }: ValidationReport,
): Promise<QaVisit[]> {
  if (browser?.report === undefined) return [];
  const record = await readMissionRecord(paths.state, missionId);
  if (record === undefined) return [];
  try {
    const path = await confine(record.folder, join(dirname(browser.report), "qa-report.json"));
    const read = JSON.parse(await readFile(path, "utf8")) as { visits?: unknown };
    return Array.isArray(read.visits) ? read.visits.filter(isVisit) : [];
  } catch {
    return []; // judged without it then: the pages' findings are in the report itself
  }
}

function isVisit(value: unknown): value is QaVisit {
  const { name, url, viewport, title, aria } = (value ?? {}) as Partial<Record<string, unknown>>;
  return (
    [name, url, viewport, title].every((part) => typeof part === "string") &&
    (aria === undefined || typeof aria === "string")
  );
}
