/** The activities that benches run: the real ones, and stand-ins for the four of a feature. */
import { setTimeout as delay } from "node:timers/promises";
import { createAgentSlots } from "../activities/adapters/agent-slots.js";
import { createQueuePort } from "../activities/adapters/open-missions.js";
import { createPollers } from "../activities/adapters/pollers.js";
import type { Activities } from "../activities/contract.js";
import { createActivities } from "../activities/index.js";
import { hostQueue } from "../domain/ids.js";
import type { AttemptOutcome, FeatureRef } from "../domain/work.js";
import { readHostId } from "../store/host-id.js";
import { assembleDependencies } from "../workers/dependencies.js";
import type { Engine } from "./engine.js";

/** No bench is about waiting for a slot. */
const BENCH_SLOTS = 1_000;

export interface RealActivities {
  activities: Activities;
  /** Task queue of this host. */
  queue: string;
  stop(): void;
}

/** As `workers/run-worker.ts` puts them together. */
export async function realActivities(engine: Engine): Promise<RealActivities> {
  const { client, environment, paths, connection, target } = engine;
  const hostId = await readHostId(paths);
  const assembled = await assembleDependencies(environment, paths, hostId);
  const pollers = createPollers(connection, target.namespace);
  return {
    activities: createActivities({
      ...assembled.dependencies,
      pollers,
      queue: createQueuePort(client),
      slots: createAgentSlots({ folder: paths.slots, slots: BENCH_SLOTS }),
    }),
    queue: hostQueue(hostId),
    stop: assembled.stop,
  };
}

export type FeatureActivities = Pick<
  Activities,
  "prepareWorkspace" | "runAttempt" | "runChecks" | "commitFeature"
>;
export type FeatureStep = keyof FeatureActivities;

export const DONE: AttemptOutcome = {
  kind: "done",
  summary: "nothing to do",
  spent: { microUsd: 0, tokens: 0 },
  calls: 0,
  sleeps: [],
};

/** A feature's four activities doing nothing, each after `msOf`. */
export function idleActivities(
  queue: string,
  msOf: (step: FeatureStep, feature: FeatureRef) => number = () => 0,
): FeatureActivities {
  const idle = async <T>(step: FeatureStep, feature: FeatureRef, answer: T): Promise<T> => {
    const ms = msOf(step, feature);
    if (ms > 0) await delay(ms);
    return answer;
  };
  const workspace = ({ featureId }: FeatureRef) => ({
    hostId: queue,
    hostQueue: queue,
    name: featureId,
    baseCommit: "",
  });
  const passed = { passed: true, ran: 0, failed: [], unseen: [], summary: "no checks" };
  const nothing = { commit: "", filesChanged: 0, files: [] };
  return {
    prepareWorkspace: ({ feature }) => idle("prepareWorkspace", feature, workspace(feature)),
    runAttempt: ({ feature }) => idle("runAttempt", feature, DONE),
    runChecks: ({ feature }) => idle("runChecks", feature, passed),
    commitFeature: ({ feature }) => idle("commitFeature", feature, nothing),
  };
}

/** Always the same number from `least` to `most` for the same text. */
export function drawMs(text: string, least: number, most: number): number {
  let hash = 2_166_136_261;
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 2_246_822_507) >>> 0;
  return least + ((hash >>> 8) % (most - least + 1));
}
