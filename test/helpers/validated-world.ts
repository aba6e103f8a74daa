/** A mission of one milestone whose validations say what a test wants; plans are kept by their hash, as in the store. */
import { Context } from "@temporalio/activity";
import type { MilestoneOutline } from "../../domain/mission.js";
import type { ExtendPlanInput, ValidationOutcome } from "../../domain/validation-work.js";
import type { ValidateInput } from "../../domain/work.js";
import type { CommandReply } from "../../domain/commands.js";
import { snapshotQuery, type MissionInput } from "../../workflows/messages.js";
import { aFeature, aMilestone, fakeWorld } from "./fake-activities.js";
import { until, type MissionHandle } from "./with-worker.js";

export const PLAN = "0".repeat(64);
export const reportOf = (round: number) => ({
  sha256: String(round).repeat(64).slice(0, 64),
  bytes: 1,
  name: `validation-1-${round}.json`,
});
const thinking = (id: string) =>
  aFeature(id, { agent: "builtin", estimate: { microUsd: 100, tokens: 10 } });

export const passes = (
  round: number,
  more: Partial<ValidationOutcome> = {},
): ValidationOutcome => ({
  passed: true,
  ran: 2,
  failed: [],
  unseen: [],
  summary: "2 of 2 checks pass",
  report: reportOf(round),
  ...more,
});
export const fails = (round: number, more: Partial<ValidationOutcome> = {}): ValidationOutcome => ({
  passed: false,
  ran: 2,
  failed: ["1.a"],
  unseen: [],
  summary: "1 of 2 checks pass",
  blocking: 1,
  findings: ["check/1.a"],
  worst: ["critical: the service does not answer"],
  report: reportOf(round),
  ...more,
});

type World = Parameters<typeof fakeWorld>[1];

/** @param says what each validation says, by its round from 1; after the last: passed. */
export function validatedWorld(
  says: readonly ((input: ValidateInput) => ValidationOutcome | Promise<ValidationOutcome>)[],
  replaced: World = {},
  milestone: Partial<MilestoneOutline> = { checks: 1 },
) {
  const validated: ValidateInput[] = [];
  const extended: ExtendPlanInput[] = [];
  const plans = new Map([[PLAN, aMilestone("1", [thinking("1.1")], milestone)]]);
  const world = fakeWorld([], {
    readOutline: async ({ planHash }) => plans.get(planHash) ?? aMilestone("1", []),
    readMilestones: async ({ planHash }) => ({
      milestones: [
        { id: "1", title: "First", features: plans.get(planHash)?.features.length ?? 0 },
      ],
    }),
    validateMilestone: async (input) => {
      validated.push(input);
      return (await says[validated.length - 1]?.(input)) ?? passes(validated.length);
    },
    extendPlan: async (input) => {
      extended.push(input);
      const before = plans.get(input.planHash);
      if (before === undefined || input.change.kind !== "fix") throw new Error("no such plan");
      const id = `1.fix-${input.change.round}`;
      const planHash = `${extended.length}f`.padEnd(64, "0");
      const features = [...before.features, { ...thinking(id), dependsOn: ["1.1"] }];
      plans.set(planHash, { ...before, features });
      return { kind: "extended", planHash, added: [id], removed: [] };
    },
    ...replaced,
  });
  return { ...world, plans, validated, extended };
}

/** Goes on until the test says so, or until it is cancelled. */
export const beatUntil = async (isOver: () => boolean) => {
  const { cancellationSignal, heartbeat } = Context.current();
  while (!isOver() && !cancellationSignal.aborted) {
    heartbeat();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

export const ONE_MILESTONE: Partial<MissionInput> = {
  milestones: [{ id: "1", title: "First", features: 1 }],
};

export const whenAsked = async (handle: MissionHandle) => {
  const seen = await until(
    () => handle.query(snapshotQuery),
    ({ gates }) => gates.some(({ kind }) => kind === "milestone"),
    "a gate of validation",
  );
  const gate = seen.gates.find(({ kind }) => kind === "milestone");
  if (gate === undefined) throw new Error("no gate");
  return { seen, gate };
};

export const decide = (handle: MissionHandle, gate: string, choice: string, note?: string) =>
  handle.executeUpdate<CommandReply, [object]>("decide", {
    args: [{ gate, choice, by: { who: "ann", from: "test" }, ...(note && { note }) }],
  });
