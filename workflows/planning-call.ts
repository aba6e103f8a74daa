/** The activity of a planning, and what its failures mean to the person who plans. */
import { ActivityFailure, ApplicationFailure } from "@temporalio/workflow";
import { FAILURE } from "../domain/failures.js";
import type { Timings } from "../domain/mission.js";
import {
  PLANNING,
  type PlanningOutcome,
  type PlanningWork,
} from "../domain/planning/planning-work.js";
import type { AttemptCost } from "../domain/work.js";
import { hostWork, paidQuestions, reads, sharedQueue } from "./effects.js";
import { explainFailure, isHostSilent } from "./failure-causes.js";
import type { PlanningInput } from "./messages.js";

type Slices = Pick<PlanningWork, "slice" | "sliceOpened" | "checkpoint">;

const queueOf = ({ homeQueue }: PlanningInput) => homeQueue ?? sharedQueue();

/** Asks on the person's host; while that has a worker, a full one is waited for. @throws what the activity fails with. */
export async function askModel(
  input: PlanningInput,
  timings: Timings,
  slices: Slices,
): Promise<PlanningOutcome> {
  const { missionId, generation, n, task } = input;
  const queue = queueOf(input);
  const { runPlanning } = paidQuestions(
    queue,
    timings,
    `${task.kind} with ${task.model}`.slice(0, 190),
  );
  const { rateLimitInlineMs } = timings;
  for (;;) {
    try {
      return await runPlanning({ missionId, generation, n, task, rateLimitInlineMs, ...slices });
    } catch (error) {
      if (!isHostSilent(error)) throw error;
      const { hostAlive } = reads(sharedQueue(), "is the host alive");
      if (!(await hostAlive({ queue }))) throw error;
    }
  }
}

/** What a failed activity has cost, by its journal; the whole slice where that cannot be read. */
export async function lostCost(
  input: PlanningInput,
  timings: Timings,
  { slice, sliceOpened }: Slices,
  error: unknown,
): Promise<PlanningOutcome & { kind: "failed" }> {
  const { missionId, generation, n } = input;
  const feature = { missionId, generation, milestoneId: PLANNING, featureId: `${n}`, planHash: "" };
  const { settleFromJournal } = hostWork(queueOf(input), timings, "count the cost");
  let cost: AttemptCost;
  try {
    cost = await settleFromJournal({ feature, slice, sliceOpened });
  } catch {
    cost = { spent: slice.amount, calls: 0, sleeps: [] };
  }
  const reason = isHostSilent(error)
    ? "No worker of this host took the question."
    : explainFailure(error);
  return { kind: "failed", reason, remedy: remedyOf(error), ...cost };
}

function remedyOf(error: unknown): string {
  if (isHostSilent(error))
    return "Start a worker on this host with npx missions up, and plan again.";
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const type = cause instanceof ApplicationFailure ? cause.type : undefined;
  return (
    REMEDIES[type ?? ""] ?? "Plan again; npx missions doctor says what is wrong with this machine."
  );
}

const REMEDIES: Record<string, string> = {
  [FAILURE.modelAuth]: "Mend the key or the account with npx missions key set, and plan again.",
  [FAILURE.modelRefused]:
    "Choose another model for the orchestrator in settings.yaml, and plan again.",
  [FAILURE.modelUnavailable]: "Plan again when the provider answers, or choose another model.",
  [FAILURE.modelUnknown]:
    "Mend what is named, and plan again; or choose another model, or plan without one.",
  [FAILURE.missingRecord]: "Start the planning over on the host where it began.",
  [FAILURE.storeFull]: "Free some space on the disk, and plan again.",
};
