/** One attempt of a feature's agent on one slice, and the count of what a slice has cost. */
import { activityInfo } from "@temporalio/activity";
import type { AgentName } from "../domain/mission.js";
import type { AttemptCost, AttemptInput, AttemptOutcome, SettleInput } from "../domain/work.js";
import { appendFeatureEvent } from "../store/feature-record.js";
import { journalPath, journalSpent, readJournal } from "../store/journal.js";
import type { AgentEnding, AgentPort } from "./agent.js";
import { superseded, workerStopped } from "./attempt-failure.js";
import type { BriefPort } from "./brief-port.js";
import { openAttempt } from "./attempt-workspace.js";
import { standing } from "./fence.js";
import { openPaidWork, whileBeating } from "./paid-work.js";
import type { Beat, PaidWorkDependencies } from "./paid-work.js";
import { readPlanFeature, readStoredPlan } from "./plan.js";
import type { SlotPort } from "./hosts-ports.js";
import type { BlobPort, BrowserPort, CommandPort, TreePort } from "./ports.js";
import type { SliceAccount } from "./slice-account.js";

export interface AttemptDependencies extends PaidWorkDependencies {
  blobs: BlobPort;
  commands: CommandPort;
  /** Left out: agents cannot look at their app. */
  browser?: BrowserPort;
  trees: TreePort;
  briefs: BriefPort;
  slots: SlotPort;
  /** Contract: throws a Problem when no such agent is known here. */
  agents: (name: AgentName) => AgentPort;
}

export function createAttemptActivities(deps: AttemptDependencies) {
  const { paths, clock } = deps;
  const journalOf = (missionId: string, key: string) => journalPath(paths.journals, missionId, key);

  const record = async (
    input: AttemptInput,
    agent: string,
    account: SliceAccount,
    ending: AgentEnding,
  ) => {
    const transcript = ending.transcript
      ? await deps.blobs.put(ending.transcript, "transcript.md")
      : undefined;
    const { missionId, featureId } = input.feature;
    const { attempt } = activityInfo();
    await appendFeatureEvent(paths.features, missionId, featureId, {
      key: `attempt/${input.slice.key}/${activityInfo().activityId}/${attempt}`,
      at: new Date(clock.now()).toISOString(),
      attempt,
      kind: "attempt",
      agent,
      outcome: ending.kind,
      spent: account.spent(),
      calls: account.calls(),
      ...(transcript === undefined ? {} : { transcript }),
      ...(ending.promptHash === undefined ? {} : { promptHash: ending.promptHash }),
      ...noteOf(ending),
    });
    if (ending.usage === undefined) return;
    await appendFeatureEvent(paths.features, missionId, featureId, {
      key: `usage/${input.slice.key}/${activityInfo().activityId}/${attempt}`,
      at: new Date(clock.now()).toISOString(),
      attempt,
      kind: "usage",
      agent,
      ...ending.usage,
    });
  };

  const attemptOnce = async (input: AttemptInput, beat: Beat): Promise<AttemptOutcome> => {
    const { feature: ref, slice, sliceOpened } = input;
    const work = await openPaidWork(deps, { ...ref, slice, sliceOpened }, beat);
    if ("kind" in work) return work;
    const { run, cost } = work;
    const { planHash, milestoneId, featureId } = ref;
    const plan = await readStoredPlan(deps.blobs, planHash);
    const feature = await readPlanFeature(deps.blobs, planHash, milestoneId, featureId);
    const { agent } = feature;
    if (agent === "manual") throw new RangeError(`feature ${featureId} is a person's to do`);
    const opened = await openAttempt(deps, { input, plan, feature, ...run });
    let ending: AgentEnding;
    try {
      ending = await deps.agents(agent).work(opened.run);
    } catch (error) {
      if (standing() === "superseded") throw superseded();
      throw error;
    }
    // A stop that came with the worker's own end is none of the mission's: Temporal runs the attempt again.
    if (ending.kind === "stopped" && standing() === "leave") throw workerStopped();
    ending = forExcess(ending, opened.excess());
    const { transcript: _, promptHash: __, usage: ___, ...outcome } = ending;
    if (outcome.kind === "done" && feature.agent === "script") {
      await opened.run.assertOwner();
      await record(input, feature.agent, run.account, ending);
      return { ...outcome, ...cost() }; // a finished script is never gone on from
    }
    const checkpoint = await opened.handOver(ending.kind);
    await record(input, feature.agent, run.account, ending);
    return { ...outcome, ...cost(), checkpoint };
  };

  return {
    /** Contract: heartbeats; safe to repeat (goes on from its checkpoint); on cancellation ends normally as `stopped`. */
    async runAttempt(input: AttemptInput): Promise<AttemptOutcome> {
      return whileBeating((beat) => attemptOnce(input, beat));
    },

    /** What a slice has cost by its journal, open calls at worst case. Without a journal: nothing if never opened, else all. */
    async settleFromJournal(input: SettleInput): Promise<AttemptCost> {
      const { feature, slice } = input;
      const entries = await readJournal(journalOf(feature.missionId, slice.key));
      const head = entries?.[0];
      if (entries === undefined || head?.state !== "slice") {
        const untouched = entries === undefined && input.sliceOpened === false;
        return {
          spent: untouched ? { microUsd: 0, tokens: 0 } : slice.amount,
          calls: 0,
          sleeps: [],
        };
      }
      return { ...journalSpent(entries), sleeps: clock.sleepsSince(Date.parse(head.at)) };
    },
  };
}

/** Whatever it made of it: what the sandbox ended is why it failed. */
function forExcess(ending: AgentEnding, excess: string | undefined): AgentEnding {
  if (ending.kind !== "failed" || excess === undefined) return ending;
  const reason = `The sandbox ended it: ${excess}. ${ending.reason}`;
  return { ...ending, reason: reason.slice(0, 1_000), stop: "resources" };
}

function noteOf(ending: AgentEnding): { note?: string } {
  switch (ending.kind) {
    case "done":
      return { note: ending.summary.slice(0, 2_000) };
    case "failed":
      return { note: ending.reason.slice(0, 2_000) };
    case "wait-until":
      return { note: `${ending.why} until ${ending.at}` };
    case "needs-more":
    case "stopped":
      return {};
  }
}
