/** Starting features and taking in their results. */
import { ParentClosePolicy, patched, sleep, startChild } from "@temporalio/workflow";
import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import { ChildWorkflowCancellationType, WorkflowIdReusePolicy } from "@temporalio/workflow";
import { featureWorkflowId, guardWorkflowId } from "../domain/ids.js";
import { mayResume, startable } from "../domain/schedule.js";
import { sharedQueue } from "./effects.js";
import type { featureWorkflow } from "./feature.js";
import type { Slice } from "../domain/work.js";
import type { FeatureInput, FeatureResult } from "./feature-input.js";
import { featureGoneSignal, featureResumeSignal } from "./messages.js";
import { closeFeatureGate, openFeatureGate } from "./milestone-gates.js";
import { dropSlice, unused } from "./milestone-slices.js";
import {
  endRecovery,
  isResting,
  stopForSafety,
  stoppedOf,
  type StoppedFeature,
} from "./milestone-stops.js";
import type { Milestone } from "./milestone-work.js";
import { tell } from "./tell.js";

const NOTES_GIVEN = 20;
const START_AGAIN_MS = 2_000;
const ASKS_OF_A_LOST_ONE = 1_000;
const NOTHING = { microUsd: 0, tokens: 0 };

/** Results by promise, of this run only: after continue-as-new, features report by signal instead. */
export type FeatureResults = Map<string, Promise<void>>;

/** Starts every feature that may run and holds a slice. */
export function startReady(milestone: Milestone, results: FeatureResults): void {
  if (!milestone.mayStart()) return;
  const { state } = milestone;
  const isReady = (id: string) =>
    milestone.isManual(id) ? milestone.mayAskPerson() : state.granted[id] !== undefined;
  // Those that come back from a wait go before those that have not begun.
  for (const id of milestone.runningIds()) {
    const entry = milestone.entry(id);
    if (entry.isBack !== true || !mayResume(milestone.schedule(), id)) continue;
    delete entry.isBack;
    milestone.setStatus(id, "running");
    milestone.tellFeature(id, featureResumeSignal);
  }
  for (const id of startable(milestone.schedule(), milestone.window(), isReady)) {
    const slice = state.granted[id];
    if (milestone.isManual(id)) {
      // Asked for before a new plan gave it to a person.
      if (slice !== undefined || state.asked[id] !== undefined) dropSlice(milestone, id);
      start(milestone, results, id, undefined);
    } else if (slice !== undefined) start(milestone, results, id, slice);
  }
}

function start(
  milestone: Milestone,
  results: FeatureResults,
  id: string,
  slice: Slice | undefined,
): void {
  const { input, state } = milestone;
  const outline = milestone.outlineOf(id);
  if (outline === undefined) return;
  const entry = milestone.entry(id);
  const { [id]: _, ...granted } = state.granted;
  state.granted = granted;
  const { rung, route, advice } = entry.recovery ?? {};
  milestone.setStatus(id, "running", rung === undefined ? undefined : `in recovery: ${rung}`);
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
        ...(outline.kind === "code" ? {} : { kind: outline.kind }),
        agent: outline.agent,
        // Left out, a feature ends with its commit, as in 0.2.0.
        ...(input.mode === "full" && input.overlaps ? { ships: true } : {}),
        // Said here, because a replay does not know the queue that a workflow ran on.
        ...(input.homeQueue === sharedQueue() ? {} : { homeQueue: input.homeQueue }),
        // The one workspace of a POC mission may not wait for a person, and no app may litter it; a plain folder cannot be cloned.
        mode: hasOwnClone(milestone, id) && input.overlaps ? "full" : input.mode,
        ...(slice === undefined ? {} : { slice }),
        asks: entry.asks,
        estimate: slice === undefined ? NOTHING : outline.estimate,
        preferCheaper: state.preferCheaper,
        ...withQuota(milestone),
        timings: input.timings,
        notes: [
          ...state.notes
            .filter(({ feature }) => feature === undefined || feature === id)
            .map(({ note }) => note),
          ...(entry.conflict === undefined ? [] : [entry.conflict]),
          ...(advice === undefined ? [] : [advice]),
        ].slice(-NOTES_GIVEN),
        ...(entry.checkpoint === undefined ? {} : { checkpoint: entry.checkpoint }),
        ...(entry.pullRequest === undefined ? {} : { pullRequest: entry.pullRequest }),
        ...(entry.repair === undefined ? {} : { repair: entry.repair }),
        ...(entry.repairs === undefined ? {} : { repairs: entry.repairs }),
        ...(entry.verified === undefined ? {} : { verified: entry.verified }),
        ...(route === undefined ? {} : { route }),
      },
    ],
  });
  milestone.started.set(
    id,
    child.catch(() => undefined),
  );
  const result = child
    .then((handle) => {
      milestone.startedLate.delete(id);
      return handle.result();
    })
    .then(
      (outcome) => {
        take(milestone, id, outcome);
      },
      async (error: unknown) => {
        if (error instanceof WorkflowExecutionAlreadyStartedError)
          await startLater(milestone, id, slice);
        else lose(milestone, id);
      },
    );
  results.set(id, result);
}

const hasOwnClone = (milestone: Milestone, id: string) =>
  milestone.isManual(id) || milestone.outlineOf(id)?.kind === "browser-qa";

function withQuota(milestone: Milestone): Pick<FeatureInput, "onQuota"> {
  const { onQuota } = milestone.outline();
  return onQuota === undefined ? {} : { onQuota };
}

/** Takes in a feature's result, by promise or by signal; a second copy changes nothing. */
export function take(milestone: Milestone, id: string, result: FeatureResult): void {
  const { state } = milestone;
  const entry = milestone.entry(id);
  if ((entry.status !== "running" && entry.status !== "waiting") || isResting(entry)) return;
  if (result.settlement !== undefined) state.settlements.push(result.settlement);
  entry.asks = Math.max(entry.asks, result.asks);
  entry.attempts += result.attempts;
  entry.spent = {
    microUsd: entry.spent.microUsd + result.spent.microUsd,
    tokens: entry.spent.tokens + result.spent.tokens,
  };
  delete entry.isBack;
  delete entry.isHostless;
  closeFeatureGate(milestone, id, `${id} has ended`);
  if (result.checkpoint === undefined) delete entry.checkpoint;
  else entry.checkpoint = result.checkpoint;
  if (result.files !== undefined) entry.files = result.files;
  if (result.pullRequest !== undefined) entry.pullRequest = result.pullRequest;
  if (result.repairs !== undefined) entry.repairs = result.repairs;
  if (result.verified !== undefined) entry.verified = result.verified;
  endRecovery(state, id);

  const { after } = entry;
  delete entry.after;
  if (after === "restart" || after === "drop" || after === "skip") {
    if (after === "restart") delete entry.checkpoint;
    milestone.setStatus(id, after === "restart" ? "pending" : "skipped", result.note);
    return;
  }
  switch (result.kind) {
    case "done":
      delete entry.conflict;
      delete entry.repair;
      milestone.noteUndeclared(id, result.undeclared ?? []);
      if (result.commit === undefined || result.hostQueue === undefined) {
        milestone.setStatus(id, "done", result.note);
        return;
      }
      entry.commit = result.commit;
      state.ready.push({
        featureId: id,
        commit: result.commit,
        hostQueue: result.hostQueue,
        ...(result.bundle === undefined ? {} : { bundle: result.bundle }),
      });
      milestone.setStatus(id, "integrating");
      return;
    case "cancelled":
      if (state.cancelling) milestone.setStatus(id, "cancelled", result.note);
      else block(milestone, id, result.note ?? "It was cancelled.");
      return;
    case "blocked": {
      const { stop, note = "It could not go on." } = result;
      if (stop === undefined) block(milestone, id, note);
      else recoverOrBlock(milestone, id, stoppedOf(stop, result));
      return;
    }
  }
}

/** The one that an earlier run started has reported and closes just now; or somebody else's is open under its id. */
async function startLater(
  milestone: Milestone,
  id: string,
  slice: Slice | undefined,
): Promise<void> {
  const { state } = milestone;
  const entry = milestone.entry(id);
  await sleep(START_AGAIN_MS, { summary: `${id} is still closing` });
  if (entry.after === undefined && !state.cancelling && !milestone.startedLate.has(id)) {
    milestone.startedLate.add(id);
    if (slice !== undefined) state.granted[id] = slice;
    milestone.setStatus(id, "pending", "its earlier run is closing");
    return;
  }
  milestone.startedLate.delete(id);
  if (slice !== undefined) state.settlements.push(unused(slice.key));
  const note = "A workflow of its name is open: end that one in the Web UI.";
  take(milestone, id, { kind: "blocked", note, asks: 0, attempts: 0, spent: NOTHING });
}

/** Ended from outside: what it spent is not known, so the guard books all that it holds. */
export function lose(milestone: Milestone, id: string): void {
  const { input } = milestone;
  const entry = milestone.entry(id);
  if (!milestone.runningIds().includes(id)) return;
  const { milestoneId } = input;
  const gone = { milestoneId, featureId: id };
  milestone.send(() => tell(guardWorkflowId(input.missionId), featureGoneSignal, gone));
  // It counted its own asks, and a number used twice is not granted.
  const asks = entry.asks + ASKS_OF_A_LOST_ONE;
  const note = "Its workflow was terminated from outside.";
  const { checkpoint } = entry;
  take(milestone, id, {
    kind: "blocked",
    note,
    asks,
    attempts: 0,
    spent: NOTHING,
    ...(checkpoint === undefined ? {} : { checkpoint }),
  });
}

/** A safety stop is no end: the ladder says how the feature goes on. */
export function recoverOrBlock(milestone: Milestone, id: string, stopped: StoppedFeature): void {
  if (milestone.state.cancelling || !patched("recovery-ladder")) block(milestone, id, stopped.why);
  else stopForSafety(milestone, id, stopped);
}

/** A blocked feature opens a gate: a milestone never passes around it. @param resumes when it goes on, and how. */
export function block(milestone: Milestone, id: string, why: string, resumes?: string): void {
  milestone.setStatus(id, "blocked", why);
  milestone.story("progress", `${id} is blocked: ${why}`);
  if (!milestone.state.cancelling) openFeatureGate(milestone, id, why, resumes);
}
