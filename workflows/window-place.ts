/** A feature's place in its milestone's window: given up for long waits, together with the slice, and asked for again. */
import { condition, sleep } from "@temporalio/workflow";
import { milestoneWorkflowId } from "../domain/ids.js";
import type { FeatureRef } from "../domain/work.js";
import type { holdSlice } from "./held-slice.js";
import { featureWaitsSignal } from "./messages.js";
import { tell } from "./tell.js";

export function holdPlace(
  ref: FeatureRef,
  held: Pick<ReturnType<typeof holdSlice>, "takeSettlement">,
  isStopping: () => boolean,
) {
  const { featureId } = ref;
  const milestone = milestoneWorkflowId(ref.missionId, ref.milestoneId);
  let mayResume = true;

  /** @param question what a person is asked: their word brings the feature back. */
  const leave = async (note: string, question?: string): Promise<void> => {
    const settlements = held.takeSettlement();
    mayResume = false;
    await tell(milestone, featureWaitsSignal, {
      featureId,
      waiting: true,
      note,
      settlements,
      ...(question === undefined ? {} : { question }),
    });
  };
  /** Ends early when the feature is to stop. */
  const rest = async (ms: number, summary?: string): Promise<void> => {
    const timer = summary === undefined ? sleep(ms) : sleep(ms, { summary });
    await Promise.race([timer, condition(isStopping)]);
  };
  /** Returns when the place is there again, or when the feature is to stop. */
  const comeBack = async (): Promise<void> => {
    const back = { featureId, waiting: false, note: "", settlements: [] };
    await tell(milestone, featureWaitsSignal, back);
    await condition(() => mayResume || isStopping());
  };

  return {
    leave,
    rest,
    comeBack,
    resume: () => {
      mayResume = true;
    },

    /** Waits for a time given by a provider, holding neither slice nor a place in the window; then for a place again. */
    waitUntil: async (at: string, why: string): Promise<void> => {
      await leave(`${why} until ${at}`);
      const until = Date.parse(at);
      const waitMs = Number.isFinite(until) ? Math.max(1_000, until - Date.now()) : 60_000;
      await rest(waitMs);
      await comeBack();
    },

    /** Waits for a person's word, holding neither slice nor a place in the window; the milestone gives the place back. */
    waitForPerson: async (question: string): Promise<void> => {
      await leave("waits for a person", question);
      await condition(() => mayResume || isStopping());
    },
  };
}
