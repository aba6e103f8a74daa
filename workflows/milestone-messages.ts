/** Handlers of a milestone, set before its first await; what arrives early waits until the milestone is open. */
import { setHandler } from "@temporalio/workflow";
import type { FeatureView } from "../domain/mission.js";
import { explainWait, type ScheduleInput } from "../domain/schedule.js";
import type { FeatureResult } from "./feature-input.js";
import { hear } from "./hear.js";
import * as messages from "./messages.js";
import { take } from "./milestone-features.js";
import { decideGate, openManualGate, retryFeature, skipFeature } from "./milestone-gates.js";
import { giveBack, returnUnused, settleUp, unused } from "./milestone-slices.js";
import { viewOf } from "./milestone-progress.js";
import type { MilestoneState } from "./milestone-state.js";
import type { Milestone } from "./milestone-work.js";

const PAGE = 100;

export function serveMilestone(state: MilestoneState) {
  let milestone: Milestone | undefined;
  const early: ((milestone: Milestone) => void)[] = [];
  const when = (act: (milestone: Milestone) => void) => {
    if (milestone === undefined) early.push(act);
    else {
      act(milestone);
      milestone.touch();
    }
  };
  const toAllRunning = (act: (id: string, milestone: Milestone) => void) => {
    when((open) => {
      for (const id of open.runningIds()) act(id, open);
    });
  };
  const cancel = () => {
    if (state.cancelling) return;
    state.cancelling = true;
    toAllRunning((id, open) => {
      open.tellFeature(id, messages.featureStopSignal, { why: "the mission is cancelled" });
    });
    when((open) => {
      open.interrupt("stop");
    });
  };

  setHandler(messages.featuresQuery, (offset: number): FeatureView[] => {
    if (milestone === undefined) return [];
    const open = milestone;
    const schedule = open.schedule();
    return open
      .outline()
      .features.slice(offset, offset + PAGE)
      .map(({ id }) => {
        const view = viewOf(open, id);
        const why = view.status === "pending" ? whyPending(open, schedule, id) : undefined;
        return why === undefined ? view : { ...view, note: why };
      });
  });
  hear(messages.grantsSignal, { grants: "list", totals: "object" }, (grants) => {
    when((open) => {
      state.preferCheaper = grants.preferCheaper;
      open.setTotals(grants.totals);
      for (const { slice, id } of grants.grants.map((slice) => ({
        slice,
        id: featureOf(state, slice.key),
      }))) {
        if (id === undefined) {
          // Withdrawn meanwhile: it goes back unused.
          state.settlements.push(unused(slice.key));
          open.send(() => settleUp(open));
          continue;
        }
        state.asked = without(state.asked, id);
        state.granted[id] = slice;
      }
    });
  });
  setHandler(messages.returnUnusedSignal, () => {
    state.frugal = true;
    when((open) => {
      open.send(() => returnUnused(open));
    });
  });
  hear(
    messages.milestonePauseSignal,
    { paused: "boolean", drain: "boolean" },
    ({ paused, drain }) => {
      state.paused = paused;
      toAllRunning((id, open) => {
        open.tellFeature(id, messages.featurePauseSignal, { paused, drain });
      });
      // Held ahead of need through a pause, it would keep the clock running while others drain.
      when((open) => {
        if (paused) open.send(() => giveBack(open));
        if (paused && !drain) open.interrupt("stop");
      });
    },
  );
  setHandler(messages.milestoneStopAttemptsSignal, (stop: unknown) => {
    const is = (field: string) =>
      typeof stop === "object" &&
      stop !== null &&
      (stop as Record<string, unknown>)[field] === true;
    toAllRunning((id, open) => {
      if (is("lapse")) open.tellFeature(id, messages.featureLapseSignal);
      if (!is("drain")) open.tellFeature(id, messages.featureInterruptSignal);
    });
    // What was granted before the stop must not start paid work after it: it is asked for again.
    when((open) => {
      if (!is("drain")) open.interrupt(is("money") ? "money" : "stop");
      open.send(() => giveBack(open));
    });
  });
  hear(messages.milestoneRetrySignal, { feature: "string" }, ({ feature }) => {
    when((open) => {
      retryFeature(open, feature);
    });
  });
  hear(
    messages.milestoneSkipSignal,
    { feature: "string", reason: "string", by: "object" },
    ({ feature, reason, by }) => {
      when((open) => {
        skipFeature(open, feature, reason, by);
      });
    },
  );
  hear(messages.milestoneSteerSignal, { note: "string" }, (note) => {
    state.notes = [...state.notes, note].slice(-50);
    toAllRunning((id, open) => {
      if (note.feature === undefined || note.feature === id)
        open.tellFeature(id, messages.featureSteerSignal, { note: note.note });
    });
  });
  hear(messages.milestoneReplanSignal, { planHash: "string" }, ({ planHash }) => {
    state.replanTo = planHash;
    when(() => undefined);
  });
  hear(
    messages.milestoneGateSignal,
    { gate: "string", choice: "string", by: "object" },
    (decision) => {
      when((open) => {
        decideGate(open, decision);
      });
    },
  );
  setHandler(messages.milestoneCancelSignal, cancel);
  hear(
    messages.featureEndedSignal,
    { featureId: "string", result: "object" },
    ({ featureId, result }) => {
      when((open) => {
        take(open, featureId, result as FeatureResult);
      });
    },
  );
  hear(
    messages.featureNotedSignal,
    { featureId: "string", note: "string" },
    ({ featureId, note }) => {
      when((open) => {
        if (open.entry(featureId).status === "running")
          open.setStatus(featureId, "running", note === "" ? undefined : note);
      });
    },
  );
  hear(
    messages.featureWaitsSignal,
    { featureId: "string", waiting: "boolean", note: "string", settlements: "list" },
    ({ featureId, waiting, note, settlements, question, until, hostless }) => {
      when((open) => {
        state.settlements.push(...settlements);
        const { status } = open.entry(featureId);
        if (status !== "running" && status !== "waiting") return;
        open.send(() => settleUp(open));
        const entry = open.entry(featureId);
        if (waiting && hostless === true) entry.isHostless = true;
        else delete entry.isHostless;
        if (waiting) open.setStatus(featureId, "waiting", note);
        if (waiting && typeof until === "string") open.story("progress", `${featureId}: ${note}.`);
        if (waiting && typeof question === "string") openManualGate(open, featureId, question);
        // One whose wait a person has ended is back already.
        if (!waiting && status === "waiting") entry.isBack = true;
      });
    },
  );

  return {
    open: (opened: Milestone) => {
      milestone = opened;
      for (const act of early.splice(0)) act(opened);
      opened.touch();
    },
    cancel,
  };
}

function whyPending(open: Milestone, schedule: ScheduleInput, id: string): string | undefined {
  const why = explainWait(schedule, id);
  if (why !== undefined || !open.isManual(id) || open.mayAskPerson()) return why;
  return "waits until one of the open gates is decided";
}

const featureOf = (state: MilestoneState, key: string) =>
  Object.keys(state.asked).find((id) => state.asked[id] === key);

export function without<T>(record: Record<string, T>, key: string): Record<string, T> {
  const { [key]: _, ...rest } = record;
  return rest;
}
