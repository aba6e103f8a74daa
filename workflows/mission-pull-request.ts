/** The pull request of a whole mission, from its branch to the one that it began from: people merge it. */
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
