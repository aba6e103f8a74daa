/** Starting features and taking in their results. */
import { ParentClosePolicy, startChild } from "@temporalio/workflow";
import { ChildWorkflowCancellationType, WorkflowIdReusePolicy } from "@temporalio/workflow";
import { featureWorkflowId } from "../domain/ids.js";
import { startable } from "../domain/schedule.js";
import type { featureWorkflow } from "./feature.js";
import type { FeatureInput, FeatureResult } from "./feature-work.js";
import { openFeatureGate } from "./milestone-gates.js";
import type { Milestone } from "./milestone-work.js";

/** Results by promise, of this run only: after continue-as-new, features report by signal instead. */
export type FeatureResults = Map<string, Promise<void>>;

/** Starts every feature that may run and holds a slice. */
export function startReady(milestone: Milestone, results: FeatureResults): void {
  if (!milestone.mayStart()) return;
  const { state } = milestone;
  const isGranted = (id: string) => state.granted[id] !== undefined;
  for (const id of startable(milestone.schedule(), milestone.window(), isGranted)) {
    const slice = state.granted[id];
    if (slice !== undefined) start(milestone, results, id, slice);
  }
}

function start(
  milestone: Milestone,
  results: FeatureResults,
  id: string,
  slice: FeatureInput["slice"],
): void {
  const { input, state } = milestone;
  const outline = milestone.outlineOf(id);
  if (outline === undefined) return;
  const entry = milestone.entry(id);
  const { [id]: _, ...granted } = state.granted;
  state.granted = granted;
  milestone.setStatus(id, "running");
  const child = startChild<typeof featureWorkflow>("featureWorkflow", {
    workflowId: featureWorkflowId(input.missionId, input.milestoneId, id),
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    // A TERMINATE child would die at this workflow's continue-as-new.
    parentClosePolicy: ParentClosePolicy.ABANDON,
    cancellationType: ChildWorkflowCancellationType.ABANDON,
    staticSummary: `${id} ${outline.title}`.slice(0, 190),
    args: [
      {
        ref: {
          missionId: input.missionId,
          generation: input.generation,
          milestoneId: input.milestoneId,
          featureId: id,
          planHash: state.planHash,
        },
        order: milestone.orderOf(id),
        title: outline.title,
        agent: outline.agent,
        mode: input.mode,
        slice,
        asks: entry.asks,
        estimate: outline.estimate,
        preferCheaper: state.preferCheaper,
        timings: input.timings,
        notes: state.notes
          .filter(({ feature }) => feature === undefined || feature === id)
          .map(({ note }) => note),
        ...(entry.checkpoint === undefined ? {} : { checkpoint: entry.checkpoint }),
      },
    ],
  });
  milestone.started.set(
    id,
    child.catch(() => undefined),
  );
  const result = child
    .then((handle) => handle.result())
    .then(
      (outcome) => {
        take(milestone, id, outcome);
      },
      () => {
        // Terminated by an operator: what it spent is not known, so its whole slice counts.
        state.settlements.push({ key: slice.key, spent: slice.amount, sleeps: [] });
        block(milestone, id, "Its workflow was terminated from outside.");
      },
    );
  results.set(id, result);
}

/** Takes in a feature's result, by promise or by signal; a second copy changes nothing. */
export function take(milestone: Milestone, id: string, result: FeatureResult): void {
  const { state } = milestone;
  const entry = milestone.entry(id);
  if (entry.status !== "running" && entry.status !== "waiting") return;
  if (result.settlement !== undefined) state.settlements.push(result.settlement);
  entry.asks = Math.max(entry.asks, result.asks);
  entry.attempts += result.attempts;
  entry.spent = {
    microUsd: entry.spent.microUsd + result.spent.microUsd,
    tokens: entry.spent.tokens + result.spent.tokens,
  };
  delete entry.away;
  if (result.checkpoint === undefined) delete entry.checkpoint;
  else entry.checkpoint = result.checkpoint;
  if (result.files !== undefined) entry.files = result.files;

  const { after } = entry;
  delete entry.after;
  if (after === "restart" || after === "drop" || after === "skip") {
    if (after === "restart") delete entry.checkpoint;
    milestone.setStatus(id, after === "restart" ? "pending" : "skipped", result.note);
    return;
  }
  switch (result.kind) {
    case "done":
      if (result.commit === undefined || result.hostQueue === undefined) {
        milestone.setStatus(id, "done", result.note);
        return;
      }
      entry.commit = result.commit;
      state.ready.push({ featureId: id, commit: result.commit, hostQueue: result.hostQueue });
      milestone.setStatus(id, "integrating");
      return;
    case "cancelled":
      if (state.cancelling) milestone.setStatus(id, "cancelled", result.note);
      else block(milestone, id, result.note ?? "It was cancelled.");
      return;
    case "blocked":
      block(milestone, id, result.note ?? "It could not go on.");
      return;
  }
}

/** A blocked feature opens a gate: a milestone never passes around it. */
export function block(milestone: Milestone, id: string, why: string): void {
  milestone.setStatus(id, "blocked", why);
  milestone.story("progress", `${id} is blocked: ${why}`);
  if (!milestone.state.cancelling) openFeatureGate(milestone, id, why);
}
