/** From a plan to what the mission workflow is started with. Pure. */
import type { Actor, AtOnce } from "../../domain/mission.js";
import { capsOf, milestonesOf } from "../../domain/outline.js";
import type { Plan } from "../../domain/plan.js";
import type { MissionInput } from "../../workflows/messages.js";

export const DEFAULT_AT_ONCE: AtOnce = { code: 3, other: 10 };

export function missionInputFrom(
  plan: Plan,
  given: {
    missionId: string;
    planHash: string;
    approved: boolean;
    by: Actor;
    /** Of every kind of feature. */
    atOnce?: number | undefined;
    homeQueue?: string | undefined;
    /** The deadline was given as a span: it counts from the approval. */
    deadlineSpanMs?: number | undefined;
    queued?: boolean | undefined;
  },
): MissionInput {
  const { missionId, planHash, approved, by, atOnce, homeQueue, deadlineSpanMs } = given;
  return {
    missionId,
    generation: 1,
    title: plan.title,
    mode: plan.mode,
    planHash,
    milestones: milestonesOf(plan),
    caps: capsOf(plan.budget),
    alertThresholdPct: plan.budget.alert_threshold_pct,
    onAlert: plan.budget.on_alert,
    atOnce: atOnce === undefined ? DEFAULT_AT_ONCE : { code: atOnce, other: atOnce },
    approved,
    by,
    workspace: plan.workspace,
    ...(plan.deadline === undefined ? {} : { deadline: plan.deadline }),
    ...(plan.deadline_zone === undefined ? {} : { deadlineZone: plan.deadline_zone }),
    atDeadline: plan.at_deadline ?? "finish",
    ...(deadlineSpanMs === undefined ? {} : { deadlineSpanMs }),
    ...(given.queued === true ? { queued: true } : {}),
    ...(homeQueue === undefined ? {} : { homeQueue }),
  };
}
