/** What a feature that ends as blocked says of the safety stop behind it; nothing where a person has to decide. */
import type { ChecksOutcome } from "../domain/work.js";
import { stopBehind } from "./failure-causes.js";
import type { SafetyStopped } from "./feature-input.js";

/** Of an activity's failure. */
export function stoppedBy(error: unknown): SafetyStopped {
  const stop = stopBehind(error);
  return stop === undefined ? {} : { stop };
}

/** Handed on from what said it first. */
export const safetyOf = ({ stop, lasting }: SafetyStopped): SafetyStopped => ({
  ...(stop === undefined ? {} : { stop }),
  ...(lasting === undefined ? {} : { lasting }),
});

/** Its checks still fail after the bounded repairs. */
export const failing = ({ failed, evidence }: ChecksOutcome): SafetyStopped => ({
  stop: "checks",
  failed,
  ...(evidence === undefined ? {} : { evidence }),
});
