/** The recovery ladder: how a feature that a safety stop ended goes on. One climb at a time; what it waits for is a timer. */
import { CancellationScope, condition } from "@temporalio/workflow";
import { isThinking } from "../domain/mission.js";
import { isPart } from "../domain/planning/part-ids.js";
import type { Rung } from "../domain/recovery.js";
import { mayMove, nextRung, type Climb, type RecoveryFacts } from "../domain/recovery-ladder.js";
import { adviceOf, recoveryLine } from "../domain/recovery-words.js";
import { startable } from "../domain/schedule.js";
import { reads, sharedQueue } from "./effects.js";
import { block } from "./milestone-features.js";
import { extendMilestone } from "./milestone-extend.js";
import type { FeatureEntry } from "./milestone-state.js";
import {
  endRecovery,
  goOn,
  setAlone,
  type FeatureRecovery,
  type StoppedFeature,
} from "./milestone-stops.js";
import type { Milestone } from "./milestone-work.js";
import { isOvertaken } from "./validation-slice.js";

/** How long a feature waits where its route is to wait, unless the timings say otherwise. */
const LATER_MS = 15 * 60_000;
const WORKING = ["queued", "running", "integrating"];

export function openRecovery(milestone: Milestone) {
  const { state } = milestone;
  const armed = new Map<string, string>();
  let isBusy = false;

  /** A person's new plan is read first. */
  const nextStopped = () =>
    isOvertaken(milestone)
      ? undefined
      : Object.keys(state.features).find((id) => state.features[id]?.recovery?.stopped);
  const run = async () => {
    for (let id = nextStopped(); id !== undefined; id = nextStopped()) {
      await climb(milestone, id);
      milestone.touch();
    }
    isBusy = false;
  };
  const arm = (id: string, until: string) => {
    armed.set(id, until);
    const hasEnded = () => state.features[id]?.recovery?.until !== until || state.cancelling;
    const leftMs = Math.max(1, Date.parse(until) - Date.now());
    void condition(hasEnded, leftMs, { summary: `${id} goes on` }).then((isEnded) => {
      if (!isEnded) goOn(milestone, id, "its wait is over");
    });
  };

  return {
    isBusy: () => isBusy,
    wake: () => {
      for (const [id, { recovery }] of Object.entries(state.features))
        if (recovery?.until !== undefined && armed.get(id) !== recovery.until)
          arm(id, recovery.until);
      if (isBusy || nextStopped() === undefined) return;
      isBusy = true;
      void run();
    },
  };
}

async function climb(milestone: Milestone, id: string): Promise<void> {
  const entry = milestone.entry(id);
  const { recovery } = entry;
  const stopped = recovery?.stopped;
  if (recovery === undefined || stopped === undefined) return;
  // Whoever skips, changes or ends it meanwhile has decided.
  const isDecided = () => entry.recovery?.stopped !== stopped || milestone.state.cancelling;
  const hosts = mayMove(stopped.stop, recovery.steps) ? await otherHosts(milestone, stopped) : [];
  let facts = factsOf(milestone, id, { entry, stopped, hosts });
  for (;;) {
    if (isDecided()) return;
    const step = nextRung({ stop: stopped.stop, tried: recovery.steps, facts });
    if (step.rung === "split") {
      const says = (parts: string[]) => `Feature ${id} becomes ${parts.join(" and ")}`;
      const change = { kind: "split" as const, featureId: id };
      const split = await extendMilestone(milestone, change, says, isDecided);
      // Whoever decided meanwhile has the word; a person's plan is read first.
      if (split.kind === "overtaken" || isDecided()) return;
      if (split.kind === "extended") {
        record(milestone, id, { recovery, stopped, step });
        // Stopped until the new plan is read, which takes it out; where that fails, it climbs on.
        recovery.parts = split.added;
        return;
      }
      facts = { ...facts, checks: 0 };
      continue;
    }
    record(milestone, id, { recovery, stopped, step });
    takeRung(milestone, id, { recovery, stopped, step, facts, host: hosts[0] });
    return;
  }
}

function factsOf(
  milestone: Milestone,
  id: string,
  { entry, stopped, hosts }: { entry: FeatureEntry; stopped: StoppedFeature; hosts: string[] },
): RecoveryFacts {
  const { input } = milestone;
  const outline = milestone.outlineOf(id);
  const ids = new Set(milestone.outline().features.map((each) => each.id));
  const { verified, checkpoint } = entry;
  // A plain folder has no earlier state, and the last one is no earlier one.
  const isEarlier = input.overlaps && verified?.checkpoint.sha256 !== checkpoint?.sha256;
  return {
    missionId: input.missionId,
    featureId: id,
    thinks: isThinking(outline?.agent ?? "manual"),
    checks: outline?.checks ?? 0,
    isPart: isPart(id, ids),
    hasCompany: hasCompany(milestone, id),
    verified: isEarlier ? verified : undefined,
    canMove: hosts.length > 0,
    mayPass: stopped.lasting !== true,
    laterMs: laterMs(milestone),
    hostId: stopped.hostId,
  };
}

const laterMs = ({ input }: Milestone) => input.timings.recoverLaterMs ?? LATER_MS;

function hasCompany(milestone: Milestone, id: string): boolean {
  const isAtWork = Object.keys(milestone.state.features).some(
    (each) => each !== id && WORKING.includes(milestone.entry(each).status),
  );
  return isAtWork || startable(milestone.schedule(), 1).length > 0;
}

/** Plain folders stay where they are, and missions that every host has; of these the activity knows, as a replay knows no queue. */
async function otherHosts(milestone: Milestone, { hostId }: StoppedFeature): Promise<string[]> {
  const { input } = milestone;
  if (!input.overlaps || hostId === undefined) return [];
  const { homeQueue } = input;
  const { hostSeenMs: withinMs } = input.timings;
  const { liveHosts } = reads(homeQueue, "hosts that could have it");
  const found = await unlessCancelled(milestone, () =>
    liveHosts({
      queue: sharedQueue(),
      homeQueue,
      ...(withinMs === undefined ? {} : { withinMs }),
    }),
  );
  return (found?.hosts ?? []).filter((each) => each !== hostId);
}

/** @returns undefined when the mission is cancelled, or it failed for good: the ladder goes on without the answer. */
async function unlessCancelled<T>(
  { state }: Milestone,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  const scope = new CancellationScope({ cancellable: true });
  void condition(() => state.cancelling).then(() => {
    scope.cancel();
  });
  try {
    return await scope.run(ask);
  } catch {
    return undefined;
  }
}

interface Climbing {
  recovery: FeatureRecovery;
  stopped: StoppedFeature;
  step: Climb;
}

function record(milestone: Milestone, id: string, { recovery, stopped, step }: Climbing): void {
  const { stop, why } = stopped;
  const { rung } = step;
  recovery.climbs += 1;
  recovery.steps = [
    ...recovery.steps.filter((tried) => tried.rung !== "blocked" || rung !== "blocked"),
    { stop, rung },
  ];
  milestone.story("recovery", recoveryLine({ featureId: id, stop, why, ...step }));
}

function takeRung(
  milestone: Milestone,
  id: string,
  {
    recovery,
    stopped,
    step,
    facts,
    host,
  }: Climbing & { facts: RecoveryFacts; host: string | undefined },
): void {
  const { state } = milestone;
  const entry = milestone.entry(id);
  const { rung } = step;
  endRecovery(state, id);
  const now = (entry.recovery ??= recovery);
  if (rung === "blocked") {
    block(milestone, id, stopped.why, step.next);
    return;
  }
  const { stop, failed, hostId } = stopped;
  now.rung = rung;
  now.route = { id: String(now.climbs) };
  now.advice = adviceOf(rung, {
    stop,
    why: stopped.why,
    notAgain: step.notAgain,
    failed: (rung === "reuse" ? entry.verified?.failed : failed) ?? [],
    passed: facts.verified?.passed ?? 0,
  });
  switch (rung) {
    case "split":
      break;
    case "narrow":
      if (stop === "model") now.route.from = "files";
      mend(entry, stopped.evidence);
      break;
    case "serialise":
      setAlone(state, id, true);
      break;
    case "reuse":
      if (entry.verified === undefined) break;
      now.route.from = "checkpoint";
      entry.checkpoint = entry.verified.checkpoint;
      mend(entry, entry.verified.evidence);
      break;
    case "move":
      if (host !== undefined)
        now.route.host = { hostId: host, ...(hostId === undefined ? {} : { left: hostId }) };
      break;
    case "later": {
      const until = new Date(Date.now() + laterMs(milestone)).toISOString();
      now.until = until;
      const when = `${until.slice(0, 19)}Z`;
      milestone.setStatus(id, "waiting", `stopped (${stop}); goes on by itself at ${when}`);
      return;
    }
  }
  milestone.setStatus(id, "pending", noteOf(rung, stop));
}

const noteOf = (rung: Rung, stop: string) => `stopped (${stop}); next: ${rung}`;

/** What its checks said goes to the agent as after any round of them. */
function mend(entry: FeatureEntry, evidence: StoppedFeature["evidence"]): void {
  if (evidence === undefined) return;
  entry.repairs = (entry.repairs ?? 0) + 1;
  entry.repair = { round: entry.repairs, evidence };
}
