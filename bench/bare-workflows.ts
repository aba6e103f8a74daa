/** The bare twin of a mission: the same shape and the same activities with the same inputs and options, and nothing else. */
import { executeChild, workflowInfo } from "@temporalio/workflow";
import type { Timings } from "../domain/mission.js";
import type { FeatureRef } from "../domain/work.js";
import { hostWork, placement } from "../workflows/effects.js";

export interface BareInput {
  missionId: string;
  planHash: string;
  milestones: { id: string; features: string[] }[];
  window: number;
  timings: Timings;
}
type BareMilestone = Omit<BareInput, "milestones"> & { id: string; features: string[] };

export async function bareMission({ milestones, ...rest }: BareInput): Promise<void> {
  for (const milestone of milestones) {
    await executeChild(bareMilestone, {
      workflowId: `${workflowInfo().workflowId}/${milestone.id}`,
      args: [{ ...rest, ...milestone }],
    });
  }
}

export async function bareMilestone(input: BareMilestone): Promise<void> {
  await inWindow(input.features, input.window, (featureId) =>
    executeChild(bareFeature, {
      workflowId: `${workflowInfo().workflowId}/${featureId}`,
      args: [{ ref: refOf(input, featureId), timings: input.timings }],
    }),
  );
}

export async function bareFeature(input: { ref: FeatureRef; timings: Timings }): Promise<void> {
  await workOn(input.ref, input.timings);
}

/** The least that Temporal can do: one workflow, activities only, block after block. */
export async function bareFlat(input: BareInput): Promise<void> {
  for (const { id, features } of input.milestones) {
    for (let at = 0; at < features.length; at += input.window) {
      await Promise.all(
        features
          .slice(at, at + input.window)
          .map((featureId) => workOn(refOf({ ...input, id }, featureId), input.timings)),
      );
    }
  }
}

const refOf = (
  { missionId, planHash, id }: Pick<BareMilestone, "missionId" | "planHash" | "id">,
  featureId: string,
): FeatureRef => ({ missionId, generation: 1, milestoneId: id, featureId, planHash });

async function workOn(feature: FeatureRef, timings: Timings): Promise<void> {
  const { prepareWorkspace } = placement(timings, `${feature.featureId}: workspace`);
  const workspace = await prepareWorkspace({ feature, mode: "full" });
  const host = (what: string) =>
    hostWork(workspace.hostQueue, timings, `${feature.featureId}: ${what}`);
  const { commandMs, rateLimitInlineMs } = timings;
  await host("work").runAttempt({
    feature,
    workspace,
    slice: {
      key: `1/${feature.milestoneId}/${feature.featureId}/1`,
      amount: { microUsd: 0, tokens: 0 },
      activeMsLeft: 3_600_000,
    },
    sliceOpened: false,
    notes: [],
    rateLimitInlineMs,
    commandMs,
  });
  await host("run checks").runChecks({ feature, workspace, commandMs });
  const at = new Date().toISOString();
  await host("commit").commitFeature({ feature, workspace, at });
}

async function inWindow<T>(
  items: T[],
  window: number,
  run: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = [...items];
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: window }, lane));
}
