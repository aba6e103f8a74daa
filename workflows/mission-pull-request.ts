/** Pull requests at a mission's end: its own, which people merge, or those of its features that a cancel leaves behind. */
import { patched } from "@temporalio/workflow";
import { DEFAULT_TIMINGS } from "../domain/mission.js";
import { forgeWork } from "./effects.js";
import { explainFailure } from "./failure-causes.js";
import type { Mission } from "./mission-work.js";

/** Of a completed Full-mode mission; what a forge says changes nothing about how the mission ended. */
export async function openMissionPullRequest(mission: Mission, homeQueue: string): Promise<void> {
  const { input, state } = mission;
  const isFull = (state.mode ?? input.mode) === "full" && input.workspace !== "folder";
  const isComplete = state.failure === undefined && state.cancelledBy === undefined;
  if (!isFull || !isComplete || !patched("mission-pull-request")) return;
  const { missionId, generation } = input;
  const timings = { ...DEFAULT_TIMINGS, ...input.timings };
  try {
    const { openMissionPullRequest: open } = forgeWork(homeQueue, timings, "pull request");
    const outcome = await open({ missionId, generation, planHash: state.planHash });
    if (outcome.kind === "open") mission.story("progress", `For people to merge: ${outcome.where}`);
    else if (outcome.kind === "refused")
      mission.story("progress", `The mission has no pull request: ${outcome.reason}`);
  } catch (error) {
    const why = explainFailure(error);
    mission.story("progress", `The mission's pull request could not be opened: ${why}`);
  }
}

/** What a forge says holds up no cancelled mission for long. @returns what a person has to see to, for the mission's result. */
export async function abandonPullRequests(
  mission: Mission,
  homeQueue: string,
): Promise<string | undefined> {
  const { input, state } = mission;
  const isFull = (state.mode ?? input.mode) === "full" && input.workspace !== "folder";
  if (!isFull || state.cancelledBy === undefined || !patched("abandon-pull-requests"))
    return undefined;
  const { missionId, generation } = input;
  const timings = { ...DEFAULT_TIMINGS, ...input.timings };
  try {
    const { abandonPullRequests: abandon } = forgeWork(homeQueue, timings, "close pull requests");
    const { planHash } = state;
    const { closed, left, leftInAll, why } = await abandon({ missionId, generation, planHash });
    if (closed > 0)
      mission.story("progress", `Pull requests closed because they were never merged: ${closed}.`);
    if (leftInAll === 0) return undefined;
    const more = leftInAll > left.length ? ` and ${leftInAll - left.length} more` : "";
    const because = why ?? "somebody has changed or commented on them";
    return `pull requests left open (${because.replace(/\.$/, "")}), to be closed there: ${left.join(", ")}${more}`;
  } catch (error) {
    return `pull requests that were never merged may still be open: ${explainFailure(error)}`;
  }
}
