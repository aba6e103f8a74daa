/** Reads the outline of the milestone that comes next while one runs, so that its start waits for nothing. Nothing of it is carried. */
import type { MilestoneOutline, MilestoneView } from "../domain/mission.js";
import { reads } from "./effects.js";

/** Larger outlines are read by the milestone itself, or histories would hold them twice. */
const MOST_FEATURES = 300;

export function openOutlines(missionId: string) {
  let read: { planHash: string; outline: MilestoneOutline } | undefined;
  return {
    readAhead: (homeQueue: string, planHash: string, view: MilestoneView | undefined): void => {
      read = undefined;
      if (view === undefined || view.featuresTotal > MOST_FEATURES) return;
      const milestoneId = view.id;
      const { readOutline } = reads(homeQueue, `outline of milestone ${milestoneId}, ahead`);
      readOutline({ missionId, planHash, milestoneId }).then(
        (outline) => {
          read = { planHash, outline };
        },
        () => undefined, // the milestone reads it itself, and says what is wrong
      );
    },
    /** @returns undefined when another plan was read, or nothing yet. */
    take: (planHash: string, milestoneId: string): MilestoneOutline | undefined => {
      const taken = read;
      read = undefined;
      if (taken?.planHash !== planHash || taken.outline.id !== milestoneId) return undefined;
      return taken.outline;
    },
  };
}
