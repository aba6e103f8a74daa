/** A feature's place in its milestone's window: given up for long waits, together with the slice, and asked for again. */
import { CancellationScope, condition, sleep } from "@temporalio/workflow";
import { milestoneWorkflowId } from "../domain/ids.js";
import type { FeatureRef } from "../domain/work.js";
import type { holdSlice } from "./held-slice.js";
import { featureWaitsSignal } from "./messages.js";
import { tell } from "./tell.js";

const UNKNOWN_WAIT_MS = 60_000;

/** ms since the epoch, undefined for what is no time. */
const quotaEnd = (at: string): number | undefined =>
  Number.isFinite(Date.parse(at)) ? Date.parse(at) : undefined;

/** Why a feature waits and until when, in UTC. */
export function quotaNote(at: string, why: string): string {
  const until = quotaEnd(at);
  if (until === undefined) return `${why}, nobody says for how long`;
  return `${why} until ${new Date(until).toISOString().slice(0, 19)}Z`;
}

export function holdPlace(
  ref: FeatureRef,
  held: Pick<ReturnType<typeof holdSlice>, "takeSettlement">,
  isStopping: () => boolean,
) {
  const { featureId } = ref;
  const milestone = milestoneWorkflowId(ref.missionId, ref.milestoneId);
  let mayResume = true;

  /** @param more `question`: what a person is asked, their word brings the feature back; `until`: when it goes on by itself. */
  const leave = async (
    note: string,
    more: { question?: string; until?: string } = {},
  ): Promise<void> => {
    const settlements = held.takeSettlement();
    mayResume = false;
    await tell(milestone, featureWaitsSignal, {
      featureId,
      waiting: true,
      note,
      settlements,
      ...more,
    });
  };
  /** Ends early when the feature is to stop, or a person has ended its wait. */
  const rest = async (ms: number, summary: string): Promise<void> => {
    await Promise.race([sleep(ms, { summary }), condition(() => mayResume || isStopping())]);
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
    /** It has a place in the window. */
    isBack: () => mayResume,
    resume: () => {
      mayResume = true;
    },

    /**
     * Waits for a time given by a provider, holding neither slice nor a place in the window; then for a place again. A person
     * may end the wait: the place is then there already.
     */
    waitUntil: async (at: string, why: string): Promise<void> => {
      const until = quotaEnd(at);
      const waitMs = until === undefined ? UNKNOWN_WAIT_MS : Math.max(1_000, until - Date.now());
      await leave(quotaNote(at, why), until === undefined ? {} : { until: at });
      const timer = new CancellationScope({ cancellable: true });
      const slept = timer.run(() => sleep(waitMs));
      await Promise.race([slept, condition(() => mayResume || isStopping())]);
      if (mayResume && !isStopping()) timer.cancel();
      else await comeBack();
    },

    /** Waits for a person's word, holding neither slice nor a place in the window; the milestone gives the place back. */
    waitForPerson: async (question: string): Promise<void> => {
      await leave("waits for a person", { question });
      await condition(() => mayResume || isStopping());
    },
  };
}
