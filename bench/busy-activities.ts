/** Attempts that make paid calls one after the other, each behind the real fence, and remember when the last one was. */
import { setTimeout as delay } from "node:timers/promises";
import { ApplicationFailure, heartbeat } from "@temporalio/activity";
import { temporalFence } from "../activities/fence.js";
import type { AttemptInput, AttemptOutcome } from "../domain/work.js";
import { drawMs, idleActivities, type FeatureActivities } from "./activities.js";

export interface Busy {
  activities: FeatureActivities;
  /** ms since the epoch; 0 before the first. */
  lastCallMs(): number;
  /** Features between their workspace and their commit. */
  open(): number;
}

const BEAT_MS = 3_000;
const CALL_COST = { microUsd: 100, tokens: 10 };

export function busyActivities(
  queue: string,
  { leastMs, mostMs, callMs }: { leastMs: number; mostMs: number; callMs: number },
): Busy {
  let lastCallMs = 0;
  const open = new Set<string>();
  const idle = idleActivities(queue);
  const keyOf = ({ missionId, featureId }: AttemptInput["feature"]) => `${missionId}/${featureId}`;

  const work = async ({ feature }: AttemptInput): Promise<AttemptOutcome> => {
    const forMs = drawMs(keyOf(feature), leastMs, mostMs);
    let calls = 0;
    const cost = () => ({
      spent: { microUsd: calls * CALL_COST.microUsd, tokens: calls * CALL_COST.tokens },
      calls,
      sleeps: [],
    });
    while (calls * callMs < forMs) {
      const fence = await temporalFence();
      if (fence === "stop") return { kind: "stopped", ...cost() };
      if (fence !== "go") throw ApplicationFailure.retryable(`the fence says ${fence}`);
      lastCallMs = Date.now();
      calls += 1;
      await delay(callMs);
    }
    return { kind: "done", summary: `${calls} calls`, ...cost() };
  };

  return {
    activities: {
      ...idle,
      prepareWorkspace: (input) => {
        open.add(keyOf(input.feature));
        return idle.prepareWorkspace(input);
      },
      runAttempt: async (input) => {
        const beat = setInterval(heartbeat, BEAT_MS);
        try {
          return await work(input);
        } finally {
          clearInterval(beat);
        }
      },
      commitFeature: (input) => {
        open.delete(keyOf(input.feature));
        return idle.commitFeature(input);
      },
    },
    lastCallMs: () => lastCallMs,
    open: () => open.size,
  };
}
