/** A mission of which everything is settled and nothing is made yet. */
import { createHash } from "node:crypto";
import type { Plan } from "../../domain/plan.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { Scope } from "../../domain/scope.js";
import type { MissionRecord } from "../../store/mission-record.js";
import { canonicalPlanJson } from "../../store/plan-yaml.js";
import type { Approval } from "./approval.js";
import type { ChosenForges } from "./choose-forges.js";
import type { Places } from "./places.js";

export interface ReadyMission {
  missionId: string;
  plan: Plan;
  /** The deadline was given as a span: it counts from the approval. */
  deadlineSpanMs?: number | undefined;
  /** Absent when the mission was made before. */
  places: Places | undefined;
  /** Where its pull requests will go; absent when the mission was made before. */
  forges?: ChosenForges | undefined;
  approval: Approval;
  isDemo: boolean;
  unsandboxed: boolean;
  /** Questions of the interview with their answers. */
  answers: Scope["answers"];
}

/** @throws Problem when the mission was made before, with another plan. */
export function requireSamePlan(known: MissionRecord, plan: Plan): void {
  if (known.planHash === createHash("sha256").update(canonicalPlanJson(plan)).digest("hex")) return;
  throw new Problem(
    EXIT.notNow,
    `Mission ${known.missionId} exists already, with another plan.`,
    `Change it with: npx missions replan ${known.missionId} --plan FILE; or start under another --id.`,
  );
}
