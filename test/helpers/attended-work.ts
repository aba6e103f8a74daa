/** Attempts that a test lets go on: each works until it is told to stop, or until the test finishes it. */
import { cancellationSignal, Context } from "@temporalio/activity";
import type { Activities } from "../../activities/contract.js";
import { done } from "./fake-activities.js";

export function attendedWork() {
  const begun: string[] = [];
  const stopped: string[] = [];
  let isFinished = false;
  const runAttempt: Activities["runAttempt"] = async ({ feature }) => {
    begun.push(feature.featureId);
    const beat = setInterval(() => {
      Context.current().heartbeat();
    }, 50);
    try {
      while (!isFinished && !cancellationSignal().aborted)
        await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      clearInterval(beat);
    }
    if (isFinished) return done();
    stopped.push(feature.featureId);
    return { kind: "stopped", spent: { microUsd: 0, tokens: 0 }, calls: 0, sleeps: [] };
  };
  return {
    runAttempt,
    /** Ids of features, in the order in which their attempts began. */
    begun,
    stopped,
    finish: () => {
      isFinished = true;
    },
  };
}
