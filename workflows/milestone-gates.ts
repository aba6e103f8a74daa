/** Gates that a milestone asks the mission to open, and what the decisions do. */
import { patched } from "@temporalio/workflow";
import { cutAtWord } from "../domain/cut-words.js";
import type { Actor, FeatureStatus } from "../domain/mission.js";
import { featureStopSignal } from "./messages.js";
import { dropSlice } from "./milestone-slices.js";
import { endRecovery, goOn, isResting, renewLadder } from "./milestone-stops.js";
import type { Milestone } from "./milestone-work.js";

const GOES_ON: readonly FeatureStatus[] = ["pending", "queued", "running", "integrating"];

/** Twenty of them fit into a snapshot. */
const MANUAL_QUESTION = 1_800;

/** Asks for a decision about a blocked feature; the mission gets it with the next progress. */
export function openFeatureGate(
  milestone: Milestone,
  id: string,
  why: string,
  resumes?: string,
): void {
  const entry = milestone.entry(id);
  const condition = resumes === undefined ? "" : ` ${resumes.replace(/^i/, "I")}`;
  const blocked = cutAtWord(`Feature ${id} is blocked: ${why}`, 600 - condition.length);
  entry.gates += 1;
  entry.gate = `feature-${id}-${entry.gates}`;
  milestone.openGate({
    id: entry.gate,
    kind: "feature",
    question: condition === "" ? blocked : `${blocked.replace(/[.\s]+$/, "")}.${condition}`,
    options: [
      { choice: "retry", means: "run it again from where it stopped" },
      { choice: "skip", means: "go on without it; its checks are dropped, as a recorded decision" },
    ],
    openedAt: new Date().toISOString(),
    milestoneId: milestone.input.milestoneId,
    featureId: id,
  });
}

/** Of milestones that 0.3.0 began. */
export function openChecksGate(milestone: Milestone, summary: string): void {
  const { state, input } = milestone;
  state.milestoneGate = `milestone-${input.milestoneId}-${state.validations}`;
  milestone.story("progress", `Milestone ${input.milestoneId} did not pass: ${summary}`);
  milestone.openGate({
    id: state.milestoneGate,
    kind: "milestone",
    question: `Milestone ${input.milestoneId} did not pass its checks: ${summary}`.slice(0, 600),
    options: [
      { choice: "retry", means: "run its checks again" },
      { choice: "stop", means: "cancel the mission and keep what is integrated" },
    ],
    openedAt: new Date().toISOString(),
    milestoneId: input.milestoneId,
  });
}

/** Asks a person to do a feature; their word brings it back into the window, where its checks run. */
export function openManualGate(milestone: Milestone, id: string, question: string): void {
  const { state, input } = milestone;
  const entry = milestone.entry(id);
  // One that is to stop is not asked about any more.
  if (entry.gate !== undefined || entry.after !== undefined || state.cancelling) return;
  entry.gates += 1;
  entry.gate = `feature-${id}-${entry.gates}`;
  const command = `npx missions decide ${input.missionId} ${entry.gate} done`;
  milestone.setStatus(id, "waiting", `a person's to do: ${command}`);
  milestone.openGate({
    id: entry.gate,
    kind: "feature",
    question: question.slice(0, MANUAL_QUESTION),
    options: [
      { choice: "done", means: "run its checks and take over what is in its workspace" },
      { choice: "skip", means: "go on without it; its checks are dropped, as a recorded decision" },
    ],
    openedAt: new Date().toISOString(),
    milestoneId: input.milestoneId,
    featureId: id,
  });
}

function hearDone(milestone: Milestone, id: string): void {
  closeFeatureGate(milestone, id, "a person says that it is done");
  milestone.entry(id).isBack = true;
  milestone.setStatus(id, "waiting", "said to be done; its checks are next");
}

/**
 * A decision, or the command of the same meaning. Of a feature that waits for a person it means that they are done; of one that
 * waits for a time, that it goes on at once.
 */
export function retryFeature(milestone: Milestone, id: string): void {
  const entry = milestone.state.features[id];
  if (entry !== undefined && isResting(entry)) {
    if (entry.recovery?.until === undefined) {
      milestone.story("decision", `${id} was not retried: ${entry.note ?? "it is stopped"}.`);
      return;
    }
    milestone.story("decision", `${id} waits no longer: ${entry.note ?? "it goes on"}.`);
    renewLadder(entry);
    goOn(milestone, id, "its wait was ended");
    return;
  }
  if (entry?.status === "waiting" && entry.gate !== undefined) {
    hearDone(milestone, id);
    return;
  }
  if (entry?.status === "waiting" && patched("retry-ends-wait")) {
    milestone.story("decision", `${id} waits no longer: ${entry.note ?? "it goes on"}.`);
    entry.isBack = true;
    milestone.setStatus(id, "waiting", "its wait was ended; it goes on when there is a place");
    return;
  }
  if (entry?.status !== "blocked") {
    // As after a new plan that changed it: the mission's answer says all there is to say.
    if (entry !== undefined && GOES_ON.includes(entry.status) && patched("retry-told-once")) return;
    milestone.story(
      "decision",
      `${id} was not retried: it is ${entry?.status ?? "not in this milestone"}.`,
    );
    return;
  }
  closeFeatureGate(milestone, id, "retried");
  renewLadder(entry);
  milestone.setStatus(id, "pending", "to be run again");
}

export function skipFeature(milestone: Milestone, id: string, reason: string, by: Actor): void {
  const entry = milestone.state.features[id];
  if (entry === undefined || ["done", "integrating", "skipped"].includes(entry.status)) {
    const why = entry === undefined ? "not in this milestone" : entry.status;
    milestone.story("decision", `${id} was not skipped: it is ${why}.`);
    return;
  }
  milestone.story("decision", `${id} is skipped and its checks are dropped: ${reason}`, by);
  closeFeatureGate(milestone, id, "skipped");
  if (milestone.runningIds().includes(id)) {
    entry.after = "skip";
    milestone.tellFeature(id, featureStopSignal, { why: "skipped by a person" });
  } else {
    dropSlice(milestone, id);
    endRecovery(milestone.state, id);
    milestone.setStatus(id, "skipped", reason);
  }
}

/** @returns false when the gate is not one of this milestone's open ones. */
export function decideGate(
  milestone: Milestone,
  { gate, choice, by, note }: { gate: string; choice: string; by: Actor; note?: string },
): boolean {
  const { state } = milestone;
  if (gate === state.milestoneGate) {
    delete state.milestoneGate;
    if (milestone.input.validation !== undefined)
      state.decision = { choice, by, ...(note === undefined ? {} : { note }) };
    milestone.touch();
    return true;
  }
  const id = Object.keys(state.features).find((key) => state.features[key]?.gate === gate);
  if (id === undefined) return false;
  if (choice === "skip") skipFeature(milestone, id, note ?? "decided at its gate", by);
  else retryFeature(milestone, id);
  return true;
}

export function closeFeatureGate(milestone: Milestone, id: string, why: string): void {
  const { gate } = milestone.entry(id);
  if (gate === undefined) return;
  delete milestone.entry(id).gate;
  milestone.closeGate(gate, why);
}
