/** Handlers of a milestone, set before its first await; what arrives early waits until the milestone is open. */
import { setHandler } from "@temporalio/workflow";
import type { FeatureView } from "../domain/mission.js";
import { explainWait } from "../domain/schedule.js";
import type { FeatureResult } from "./feature-work.js";
import * as messages from "./messages.js";
import { take } from "./milestone-features.js";
import { decideGate, retryFeature, skipFeature } from "./milestone-gates.js";
import { giveBack } from "./milestone-slices.js";
import { viewOf } from "./milestone-progress.js";
import type { MilestoneState } from "./milestone-state.js";
import type { Milestone } from "./milestone-work.js";

const PAGE = 100;

export function serveMilestone(state: MilestoneState) {
  let milestone: Milestone | undefined;
  let replanTo: string | undefined;
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
        const why = view.status === "pending" ? explainWait(schedule, id) : undefined;
        return why === undefined ? view : { ...view, note: why };
      });
  });
  setHandler(messages.grantsSignal, (grants) => {
    when((open) => {
      state.preferCheaper = grants.preferCheaper;
      open.setTotals(grants.totals);
      for (const { slice, id } of grants.grants.map((slice) => ({
        slice,
        id: featureOf(state, slice.key),
      }))) {
        if (id === undefined) {
          // Withdrawn meanwhile: it goes back unused.
          state.settlements.push({ key: slice.key, spent: { microUsd: 0, tokens: 0 }, sleeps: [] });
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
      open.send(() => giveBack(open));
    });
  });
  setHandler(messages.milestonePauseSignal, ({ paused, drain }) => {
    state.paused = paused;
    toAllRunning((id, open) => {
      open.tellFeature(id, messages.featurePauseSignal, { paused, drain });
    });
    when(() => undefined);
  });
  setHandler(messages.milestoneStopAttemptsSignal, () => {
    toAllRunning((id, open) => {
      open.tellFeature(id, messages.featureInterruptSignal);
    });
  });
  setHandler(messages.milestoneRetrySignal, ({ feature }) => {
    when((open) => {
      retryFeature(open, feature);
    });
  });
  setHandler(messages.milestoneSkipSignal, ({ feature, reason, by }) => {
    when((open) => {
      skipFeature(open, feature, reason, by);
    });
  });
  setHandler(messages.milestoneSteerSignal, (note) => {
    state.notes = [...state.notes, note].slice(-50);
    toAllRunning((id, open) => {
      if (note.feature === undefined || note.feature === id)
        open.tellFeature(id, messages.featureSteerSignal, { note: note.note });
    });
  });
  setHandler(messages.milestoneReplanSignal, ({ planHash }) => {
    replanTo = planHash;
    when(() => undefined);
  });
  setHandler(messages.milestoneGateSignal, (decision) => {
    when((open) => {
      decideGate(open, decision);
    });
  });
  setHandler(messages.milestoneCancelSignal, cancel);
  setHandler(messages.featureEndedSignal, ({ featureId, result }) => {
    when((open) => {
      take(open, featureId, result as FeatureResult);
    });
  });
  setHandler(messages.featureWaitsSignal, ({ featureId, waiting, note, settlements }) => {
    when((open) => {
      state.settlements.push(...settlements);
      const { status } = open.entry(featureId);
      if (status === "running" || status === "waiting")
        open.setStatus(featureId, waiting ? "waiting" : "running", waiting ? note : undefined);
    });
  });

  return {
    open: (opened: Milestone) => {
      milestone = opened;
      for (const act of early.splice(0)) act(opened);
      opened.touch();
    },
    cancel,
    replanTo: () => replanTo,
    takeReplan: () => {
      const hash = replanTo ?? state.planHash;
      replanTo = undefined;
      return hash;
    },
  };
}

const featureOf = (state: MilestoneState, key: string) =>
  Object.keys(state.asked).find((id) => state.asked[id] === key);

export function without<T>(record: Record<string, T>, key: string): Record<string, T> {
  const { [key]: _, ...rest } = record;
  return rest;
}
