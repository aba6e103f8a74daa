/** Milestones whose features are stopped for safety on purpose, and what mission.md was told of it. */
import type {
  Activities as Base,
  ManyHostsActivities,
  ValidationActivities,
} from "../../../activities/contract.js";
import type { FeatureOutline, StoryLine } from "../../../domain/mission.js";
import type { SafetyStop } from "../../../domain/recovery.js";
import type { AttemptOutcome } from "../../../domain/work.js";
import { snapshotQuery, type MissionInput } from "../../../workflows/messages.js";
import { aFeature, aMilestone, fakeWorld } from "../../helpers/fake-activities.js";
import { until, type MissionHandle } from "../../helpers/with-worker.js";

type Activities = Base & ManyHostsActivities & ValidationActivities;

export const nothing = { spent: { microUsd: 0, tokens: 0 }, calls: 0, sleeps: [] };
export const blob = (name: string) => ({ sha256: name.padEnd(64, "0"), bytes: 1, name });
export const stopped = (stop: SafetyStop, more: Partial<AttemptOutcome> = {}): AttemptOutcome =>
  ({
    kind: "failed",
    reason: `It was ended by ${stop}`,
    stop,
    ...nothing,
    ...more,
  }) as AttemptOutcome;

export const thinking = (id: string, more: Partial<FeatureOutline> = {}) =>
  aFeature(id, { agent: "builtin", ...more });
export const input = (
  features: number,
  more: Partial<MissionInput> = {},
): Partial<MissionInput> => ({
  milestones: [{ id: "1", title: "First", features }],
  ...more,
});

/** The world of fakes with what only several hosts and validations need. */
export function worldOf(features: FeatureOutline[], replaced: Partial<Activities>) {
  const world = fakeWorld([aMilestone("1", features)], replaced);
  const rest: Pick<Activities, "liveHosts" | "publishBase" | "leaveHost" | "takeReport"> = {
    liveHosts: async () => ({ hosts: [] }),
    publishBase: async () => ({ place: blob("place"), head: "h", bundles: [] }),
    leaveHost: async () => ({}),
    takeReport: async () => ({ files: [] }),
    ...replaced,
  };
  return { ...world, activities: { ...world.activities, ...rest } as Base };
}

const storyOf = (files: { story: StoryLine[] }[]) => files.flatMap(({ story }) => story);
/** The rungs in the Recovery Log, in order. */
export const rungsIn = (files: { story: StoryLine[] }[]) =>
  storyOf(files)
    .filter(({ kind }) => kind === "recovery")
    .map(({ text }) => /Next \((\w+)\)/.exec(text)?.[1]);

export const gateOf = (handle: MissionHandle, featureId: string) =>
  until(
    () => handle.query(snapshotQuery),
    ({ gates }) => gates.some((gate) => gate.featureId === featureId),
    `a gate about ${featureId}`,
  ).then(({ gates }) => gates.find((gate) => gate.featureId === featureId));
