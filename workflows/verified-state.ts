/** The state of a feature's work in which most of its checks passed: what recovery can go back to. */
import type { BlobRef } from "../domain/mission.js";
import type { ChecksOutcome } from "../domain/work.js";
import type { Verified } from "./feature-input.js";

export function rememberVerified(before: Verified | undefined) {
  let best = before;
  return {
    /** @param checkpoint of the attempt whose work was checked; scripts leave none. */
    note: ({ ran, failed, evidence }: ChecksOutcome, checkpoint: BlobRef | undefined): void => {
      const passed = ran - failed.length;
      if (checkpoint === undefined || passed <= (best?.passed ?? 0)) return;
      best = { checkpoint, passed, failed, ...(evidence === undefined ? {} : { evidence }) };
    },
    result: (): { verified?: Verified } => (best === undefined ? {} : { verified: best }),
  };
}
