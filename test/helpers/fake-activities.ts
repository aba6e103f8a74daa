/** The outside world of workflow tests: answers at once, remembers every call; a test replaces what it is about. */
import type {
  Activities as Base,
  BrowserActivities,
  FullModeActivities,
  ManyHostsActivities,
  ValidationActivities,
} from "../../activities/contract.js";
import type { Amount, FeatureOutline, MilestoneOutline } from "../../domain/mission.js";
import type { AttemptOutcome, MissionFileInput } from "../../domain/work.js";
import { TEST_HOST_QUEUE } from "./with-worker.js";

type Activities = Base &
  BrowserActivities &
  FullModeActivities &
  Pick<ManyHostsActivities, "liveHosts"> &
  ValidationActivities;

export function aFeature(id: string, feature: Partial<FeatureOutline> = {}): FeatureOutline {
  return {
    id,
    title: `Feature ${id}`,
    kind: "code",
    agent: "script",
    dependsOn: [],
    touches: [`src/${id}`],
    estimate: { microUsd: 0, tokens: 0 },
    ...feature,
  };
}

export const aMilestone = (
  id: string,
  features: FeatureOutline[],
  milestone: Partial<MilestoneOutline> = {},
): MilestoneOutline => ({ id, title: `Milestone ${id}`, checks: 0, features, ...milestone });

export interface FakeWorld {
  activities: Activities;
  calls: string[];
  files: MissionFileInput[];
  announced: string[];
}

export const done = (more: Partial<AttemptOutcome> = {}): AttemptOutcome =>
  ({
    kind: "done",
    summary: "done",
    spent: { microUsd: 0, tokens: 0 },
    calls: 0,
    sleeps: [],
    ...more,
  }) as AttemptOutcome;

export function fakeWorld(
  outlines: MilestoneOutline[],
  replaced: Partial<Activities> = {},
): FakeWorld {
  const calls: string[] = [];
  const files: MissionFileInput[] = [];
  const announced: string[] = [];
  const spentOn = new Map<string, Amount>();
  const passed = { passed: true, ran: 1, failed: [], unseen: [], summary: "1 check passed" };
  const base: Activities = {
    prepareWorkspace: async ({ feature }) => {
      calls.push(`prepare ${feature.featureId}`);
      return {
        hostId: "test",
        hostQueue: TEST_HOST_QUEUE,
        name: feature.featureId,
        baseCommit: "b",
      };
    },
    runAttempt: async () => done(),
    settleFromJournal: async () => ({ spent: { microUsd: 0, tokens: 0 }, calls: 0, sleeps: [] }),
    runChecks: async () => passed,
    lookAtApp: async () => ({
      ...{ verdict: "passed", summary: "1 page looked at", blocking: 0, minor: 0 },
      ...{ worst: [], files: ["assets/qa/index.html"] },
    }),
    describeManualWork: async ({ feature, workspace }) => ({
      question: `Feature ${feature.featureId} is a person's to do in ${workspace.name}.`,
    }),
    // What it reports is the whole slice's cost so far: that of the attempt before.
    reviewFeature: async ({ slice }) => ({
      kind: "not-reviewed",
      why: "nobody reviews here",
      spent: spentOn.get(slice.key) ?? { microUsd: 0, tokens: 0 },
      calls: 0,
      sleeps: [],
    }),
    commitFeature: async ({ feature }) => ({
      commit: `commit-${feature.featureId}`,
      filesChanged: 1,
      files: [],
    }),
    openPullRequest: async ({ feature }) => ({
      kind: "open",
      id: `pr-${feature.featureId}`,
      where: `reviews/${feature.featureId}.md`,
      awaitsCi: false,
    }),
    readPullRequest: async () => ({ state: "open", ci: "passed", failed: [] }),
    settlePullRequest: async () => ({}),
    abandonPullRequests: async () => ({ closed: 0, left: [], leftInAll: 0 }),
    openMissionPullRequest: async () => ({ kind: "none" }),
    integrateFeature: async () => ({ kind: "merged", head: "h" }),
    validateMilestone: async () => passed,
    judgeMilestone: async ({ report }) => ({
      kind: "not-judged",
      why: "nobody judges here",
      report,
      spent: { microUsd: 0, tokens: 0 },
      calls: 0,
      sleeps: [],
    }),
    extendPlan: async () => ({ kind: "impossible", why: "nobody can mend it here" }),
    diagnoseMilestone: async ({ rounds, why }) => ({
      question: [...rounds.map(({ round, summary }) => `${round}: ${summary}`), why ?? ""].join(
        "\n",
      ),
    }),
    endMission: async () => undefined,
    runPlanning: async () => ({
      kind: "failed",
      reason: "nobody plans here",
      remedy: "",
      spent: { microUsd: 0, tokens: 0 },
      calls: 0,
      sleeps: [],
    }),
    readOutline: async ({ milestoneId }) => {
      const outline = outlines.find(({ id }) => id === milestoneId);
      if (outline === undefined) throw new Error(`no milestone ${milestoneId}`);
      return outline;
    },
    readMilestones: async () => ({
      milestones: outlines.map(({ id, title, features }) => ({
        id,
        title,
        features: features.length,
      })),
    }),
    readSleeps: async () => [],
    hostAlive: async () => true,
    liveHosts: async () => ({ hosts: [] }),
    beginQueued: async () => ({ begun: [], running: 0, queued: 0 }),
    writeMissionFile: async (input) => {
      files.push(input);
      return { handEdits: [] };
    },
    announce: async ({ key }) => {
      announced.push(key);
    },
  };
  const activities: Activities = { ...base, ...replaced };
  const { runAttempt } = activities;
  activities.runAttempt = async (input) => {
    const outcome = await runAttempt(input);
    spentOn.set(input.slice.key, outcome.spent);
    return outcome;
  };
  const traced = Object.fromEntries(
    Object.entries(activities).map(([name, run]) => [
      name,
      async (input: { feature?: { featureId: string } }) => {
        if (input.feature !== undefined) calls.push(`${name} ${input.feature.featureId}`);
        return (run as (input: unknown) => Promise<unknown>)(input);
      },
    ]),
  ) as unknown as Activities;
  return { activities: traced, calls, files, announced };
}
