/** What every kind of feature does the same way: holding a slice, pausing, being stopped, running host work, ending. */
import { CancellationScope, condition } from "@temporalio/workflow";
import { isThinking, type Amount } from "../domain/mission.js";
import type { ReviewOutcome } from "../domain/shipping-work.js";
import type {
  AttemptOutcome,
  ChecksOutcome,
  Repair,
  SettleInput,
  Slice,
  Workspace,
} from "../domain/work.js";
import { hostWork, sharedQueue } from "./effects.js";
import type {
  FeatureInput,
  FeatureResult,
  OpenedPullRequest,
  SafetyStopped,
} from "./feature-input.js";
import type * as messages from "./messages.js";
import { holdSlice } from "./held-slice.js";
import { payFor, type Stopped, type Unanswered } from "./paid-host-work.js";
import { quotaNote } from "./quota.js";
import { openStays } from "./stays.js";
import { rememberVerified } from "./verified-state.js";
import { holdPlace } from "./window-place.js";

export type FeatureWork = ReturnType<typeof openFeatureWork>;

export function openFeatureWork(input: FeatureInput) {
  const { ref, timings } = input;
  const held = holdSlice(input);
  const notes = [...input.notes];
  let nextAsk = input.estimate;
  /** Less than `nextAsk` was granted and bought nothing. */
  let needsWhole = false;
  let preferCheaper = input.preferCheaper;
  let paused = false;
  let stopping: string | undefined;
  let running: CancellationScope | undefined;
  let interrupted = false;
  let attempts = 0;
  let checkpoint = input.checkpoint;
  let pullRequest = input.pullRequest;
  let repairs = input.repairs ?? 0;

  const verified = rememberVerified(input.verified);
  const { from, id } = input.route ?? {};
  const again = from === undefined || id === undefined ? undefined : { id, from };

  const place = holdPlace(input, held, () => stopping !== undefined);
  const stays = openStays(input, { outside: place.outside, settle: held.settle });

  const interrupt = () => {
    interrupted = true;
    running?.cancel();
  };

  const host = (workspace: Workspace, what: string) =>
    hostWork(
      workspace.hostQueue,
      timings,
      `${ref.featureId} ${input.title}: ${what}`.slice(0, 190),
    );

  const interruptibly = async <T>(run: () => Promise<T>): Promise<T> => {
    const scope = new CancellationScope({ cancellable: true });
    running = scope;
    if (interrupted) scope.cancel();
    try {
      return await scope.run(run);
    } finally {
      running = undefined;
    }
  };

  /** Runs host work that an interrupt ends after its call in flight. */
  const onHost = async <T>(
    workspace: Workspace,
    what: string,
    run: (activities: ReturnType<typeof hostWork>) => Promise<T>,
  ): Promise<T> => interruptibly(() => run(host(workspace, what)));

  const pay = async <O extends AttemptOutcome | ReviewOutcome>(
    workspace: Workspace,
    what: string,
    run: (activities: ReturnType<typeof hostWork>, slice: Slice) => Promise<O>,
  ): Promise<O | Stopped | Unanswered> => {
    const slice = held.current();
    if (slice === undefined) throw new RangeError("paid work needs a slice");
    const payer = {
      ref,
      held,
      timings,
      wasInterrupted: () => interrupted,
      countCost: (cost: SettleInput) => host(workspace, "count the cost").settleFromJournal(cost),
    };
    return payFor(payer, slice, () =>
      onHost(workspace, what, (activities) => run(activities, slice)),
    );
  };

  return {
    input,
    ref,
    receive: (grants: messages.Grants) => {
      preferCheaper = grants.preferCheaper;
      held.receive(grants.grants);
    },
    pause: (on: boolean, drain: boolean) => {
      paused = on;
      if (on && !drain) interrupt();
    },
    steer: (text: string) => {
      notes.push(text);
      if (isThinking(input.agent)) interrupt();
    },
    /** From the engine to the agent, for its next attempt. */
    tellAgent: (text: string) => {
      notes.push(text);
    },
    stop: (why: string) => {
      stopping ??= why;
      interrupt();
    },
    interrupt,
    lapse: held.lapse,
    resume: place.resume,
    stopping: () => stopping,
    /** What people and the engine said about it, oldest first. */
    notes: () => notes,
    host,
    onHost,

    /** A workspace on whichever host is free; undefined when interrupted or overtaken by the deadline. @throws what `explainFailure` explains. */
    place: async (): Promise<Workspace | undefined> => {
      const slice = held.current();
      try {
        const workspace = await interruptibly(() => stays.place(checkpoint));
        if (!place.isBack()) await place.comeBack();
        const isWithout = held.current() !== slice; // given up while it waited
        return interrupted || isWithout || held.hasLapsed() ? undefined : stays.use(workspace);
      } catch (error) {
        if (!interrupted) throw error;
        if (!place.isBack()) await place.comeBack();
        return undefined;
      }
    },

    /** Returns when nothing holds the feature back, slice or not, or when it is to stop. */
    untilUnpaused: async (): Promise<void> => {
      await condition(() => !paused || stopping !== undefined);
      interrupted = false;
    },

    /** Returns when a slice is in hand and nothing holds the feature back, or when it is to stop. */
    untilRunnable: async (): Promise<void> => {
      while (stopping === undefined) {
        if (paused) {
          await held.settle();
          await condition(() => !paused || stopping !== undefined);
        } else if (held.current() === undefined || held.hasLapsed()) {
          await held.ask(nextAsk, needsWhole);
          await condition(() => held.current() !== undefined || paused || stopping !== undefined);
        } else {
          interrupted = false;
          return;
        }
      }
    },

    /** One attempt of the agent on the slice in hand. */
    attempt: async (
      workspace: Workspace,
      repair?: Repair,
    ): Promise<AttemptOutcome | Unanswered> => {
      const outcome = await pay(workspace, "work", ({ runAttempt }, slice) =>
        runAttempt({
          feature: ref,
          workspace,
          slice,
          sliceOpened: held.isOpened(),
          notes: notes.slice(-20),
          rateLimitInlineMs: timings.rateLimitInlineMs,
          commandMs: timings.commandMs,
          ...(checkpoint === undefined ? {} : { checkpoint }),
          ...(repair === undefined ? {} : { repair }),
          ...(preferCheaper ? { tier: "simple" as const } : {}),
          ...(again === undefined ? {} : { again }),
        }),
      );
      if ("checkpoint" in outcome) checkpoint = outcome.checkpoint;
      if (outcome.kind === "needs-more") {
        nextAsk = outcome.ask;
        // A part of the ask that buys no call would be asked for, granted and given back for ever.
        needsWhole = outcome.calls === 0;
      } else if ("calls" in outcome) needsWhole = false;
      if (["done", "failed", "broken"].includes(outcome.kind)) attempts += 1;
      return outcome;
    },

    /** What the engine's checks said of the last attempt. */
    noteChecks: (outcome: ChecksOutcome) => {
      verified.note(outcome, checkpoint);
    },

    /** One look of a reviewer at the commit, on the slice in hand. @param round from 1. */
    review: async (
      workspace: Workspace,
      commit: string,
      round: number,
    ): Promise<ReviewOutcome | Unanswered> =>
      pay(workspace, "review", ({ reviewFeature }, slice) =>
        reviewFeature({
          feature: ref,
          workspace,
          slice,
          sliceOpened: held.isOpened(),
          commit,
          round,
          rateLimitInlineMs: timings.rateLimitInlineMs,
        }),
      ),

    homeQueue: () => input.homeQueue ?? sharedQueue(),
    interruptibly,
    pullRequest: () => pullRequest,
    notePullRequest: (opened: OpenedPullRequest) => {
      pullRequest = opened;
    },
    /** Number of the next round of repair: agents mend each round once. */
    nextRepair: () => {
      repairs += 1;
      return repairs;
    },

    /** Another host takes over: it must find the slice's journal, or the slice counts in full. */
    noteBegun: held.noteBegun,
    /** True while some worker of that host asks for work. */
    isHostAlive: stays.isAlive,

    /** After a stop, a pause or a lost slice: what is held is settled, so that others can use it. */
    settle: held.settle,
    /** More, as the agent said; the guard decides. */
    askMore: () => held.ask(nextAsk, needsWhole),
    /** As a reviewer said. @param whole a part of it would buy nothing. */
    askFor: (amount: Amount, whole: boolean) => held.ask(amount, whole),

    /** @returns why it is to be asked about instead, where the plan says so. */
    waitUntil: async (at: string, why: string): Promise<string | undefined> => {
      if (input.onQuota === "ask") return quotaNote(at, why);
      await place.waitUntil(at, why);
      return undefined;
    },
    waitForPerson: place.waitForPerson,
    leaveWindow: place.leave,
    rest: place.rest,
    isBack: place.isBack,
    comeBack: place.comeBack,

    end: async (
      kind: FeatureResult["kind"],
      more: Partial<
        Pick<
          FeatureResult,
          "note" | "commit" | "hostQueue" | "files" | "bundle" | "undeclared" | keyof SafetyStopped
        >
      > = {},
    ): Promise<FeatureResult> => {
      await held.withdraw();
      const left = await stays.leave();
      const [settlement] = held.takeSettlement();
      return {
        kind,
        ...more,
        ...left,
        asks: held.asks(),
        attempts,
        ...(pullRequest === undefined ? {} : { pullRequest }),
        ...(repairs === 0 ? {} : { repairs }),
        spent: held.spent(),
        ...(settlement === undefined ? {} : { settlement }),
        ...(checkpoint === undefined ? {} : { checkpoint }),
        ...(kind === "done" ? {} : verified.result()),
        ...(more.stop === undefined ? {} : stays.whereStopped()),
      };
    },
  };
}
