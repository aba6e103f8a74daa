/** A feature's place in its milestone's window: given up for long waits, together with the slice, and asked for again. */
import { CancellationScope, condition, sleep } from "@temporalio/workflow";
import { milestoneWorkflowId } from "../domain/ids.js";
import type { FeatureInput } from "./feature-input.js";
import type { holdSlice } from "./held-slice.js";
import { featureWaitsSignal, type FeatureWaits } from "./messages.js";
import { quotaEnd, quotaNote, quotaWaitMs } from "./quota.js";
import { tell } from "./tell.js";

export function holdPlace(
  { ref, timings }: Pick<FeatureInput, "ref" | "timings">,
  held: Pick<ReturnType<typeof holdSlice>, "takeSettlement">,
  isStopping: () => boolean,
) {
  const { featureId } = ref;
  const milestone = milestoneWorkflowId(ref.missionId, ref.milestoneId);
  let mayResume = true;

  /**
   * @param more `question`: what a person is asked, their word brings the feature back; `until`: when it goes on by itself;
   * `hostless`: it waits for a host.
   */
  const leave = async (
    note: string,
    more: Pick<FeatureWaits, "question" | "until" | "hostless"> = {},
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
      const waitMs = quotaWaitMs(at, timings);
      await leave(quotaNote(at, why), quotaEnd(at) === undefined ? {} : { until: at });
      const timer = new CancellationScope({ cancellable: true });
      const slept = timer.run(() => sleep(waitMs));
      await Promise.race([slept, condition(() => mayResume || isStopping())]);
      if (mayResume && !isStopping()) timer.cancel();
      else await comeBack();
    },

    /**
     * Waits for a host, which comes when it comes, holding neither slice nor place: both are to be asked for again. A person's word does
     * not hasten it, so the place that it gives is given up again.
     */
    outside: async <T>(note: string, wait: () => Promise<T>): Promise<T> => {
      // An interrupt must not lose the settlement on its way.
      const leaveWhole = () =>
        CancellationScope.nonCancellable(() => leave(note, { hostless: true }));
      // As long as the wait itself, which ends in its own time when it is interrupted.
      const resumed = () => CancellationScope.nonCancellable(() => condition(() => mayResume));
      await leaveWhole();
      const waiting = wait();
      const over = waiting.then(
        () => true,
        () => true,
      );
      while (!(await Promise.race([over, resumed().then(() => false)]))) await leaveWhole();
      return waiting;
    },

    /** Waits for a person's word, holding neither slice nor a place in the window; the milestone gives the place back. */
    waitForPerson: async (question: string): Promise<void> => {
      await leave("waits for a person", { question });
      await condition(() => mayResume || isStopping());
    },
  };
}
