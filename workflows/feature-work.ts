/** What every kind of feature does the same way: holding a slice, pausing, being stopped, running host work, ending. */
import { CancellationScope, condition, sleep } from "@temporalio/workflow";
import { milestoneWorkflowId } from "../domain/ids.js";
import type { AgentName, Amount, BlobRef, MissionMode, Timings } from "../domain/mission.js";
import type { AttemptCost, AttemptOutcome, FeatureRef, Slice, Workspace } from "../domain/work.js";
import { hostWork, placement, reads, sharedQueue } from "./effects.js";
import * as messages from "./messages.js";
import { explainFailure, isHostSilent, wasLost } from "./failure-causes.js";
import { holdSlice } from "./held-slice.js";
import { tell } from "./tell.js";

export interface FeatureInput {
  ref: FeatureRef;
  order: number;
  title: string;
  agent: AgentName;
  mode: MissionMode;
  /** None for a person's work, which costs nothing. */
  slice?: Slice;
  /** The n of `slice.key`; later asks count on. */
  asks: number;
  estimate: Amount;
  preferCheaper: boolean;
  timings: Timings;
  notes: string[];
  /** Where an earlier run of this feature stopped. */
  checkpoint?: BlobRef;
}

export interface FeatureResult {
  kind: "done" | "blocked" | "cancelled";
  note?: string;
  commit?: string;
  hostQueue?: string;
  files?: string[];
  asks: number;
  attempts: number;
  /** Over all slices. */
  spent: Amount;
  /** Of the slice still held at the end; rides to the guard with the milestone's next request. */
  settlement?: messages.Settlement;
  checkpoint?: BlobRef;
}

export type FeatureWork = ReturnType<typeof openFeatureWork>;

export function openFeatureWork(input: FeatureInput) {
  const { ref, timings } = input;
  const milestone = milestoneWorkflowId(ref.missionId, ref.milestoneId);
  const held = holdSlice(input);
  const notes = [...input.notes];
  let nextAsk = input.estimate;
  /** Less than `nextAsk` was granted and bought nothing. */
  let needsWhole = false;
  let mayResume = true;
  let preferCheaper = input.preferCheaper;
  let paused = false;
  let stopping: string | undefined;
  let running: CancellationScope | undefined;
  let interrupted = false;
  let attempts = 0;
  let checkpoint = input.checkpoint;

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

  const leaveWindow = async (note: string, question?: string) => {
    const { featureId } = ref;
    const settlements = held.takeSettlement();
    mayResume = false;
    await tell(milestone, messages.featureWaitsSignal, {
      featureId,
      waiting: true,
      note,
      settlements,
      ...(question === undefined ? {} : { question }),
    });
  };

  const lostCost = async (workspace: Workspace, slice: Slice): Promise<AttemptCost> => {
    try {
      const { settleFromJournal } = host(workspace, "count the cost");
      return await settleFromJournal({ feature: ref, slice, sliceOpened: held.isOpened() });
    } catch {
      // The host that has the journal does not answer: the whole slice counts as spent.
      return { spent: slice.amount, calls: 0, sleeps: [] };
    }
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
      if (input.agent === "builtin") interrupt();
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
    resume: () => {
      mayResume = true;
    },
    stopping: () => stopping,
    /** What people and the engine said about it, oldest first. */
    notes: () => notes,
    host,
    onHost,

    /** A workspace on whichever host is free; undefined when interrupted or overtaken by the deadline. @throws what `explainFailure` explains. */
    place: async (): Promise<Workspace | undefined> => {
      const { prepareWorkspace } = placement(
        timings,
        `${ref.featureId} ${input.title}: workspace`.slice(0, 190),
      );
      try {
        const workspace = await interruptibly(() =>
          prepareWorkspace({
            feature: ref,
            mode: input.mode,
            ...(checkpoint === undefined ? {} : { checkpoint }),
          }),
        );
        return interrupted || held.hasLapsed() ? undefined : workspace;
      } catch (error) {
        if (interrupted) return undefined;
        throw error;
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
      repair?: { round: number; evidence: BlobRef },
    ): Promise<
      | AttemptOutcome
      | { kind: "host-silent"; mayHaveBegun: boolean }
      | { kind: "broken"; reason: string }
    > => {
      const slice = held.current();
      if (slice === undefined) throw new RangeError("an attempt needs a slice");
      const fromMs = Date.now();
      try {
        const outcome = await onHost(workspace, "work", ({ runAttempt }) =>
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
          }),
        );
        held.noteCost(outcome);
        if (outcome.kind !== "slice-lost" && outcome.checkpoint !== undefined)
          checkpoint = outcome.checkpoint;
        if (outcome.kind === "slice-lost") held.countWhole();
        if (outcome.kind === "needs-more") nextAsk = outcome.ask;
        // A part of the ask that buys no call would be asked for, granted and given back for ever.
        needsWhole = outcome.kind === "needs-more" && outcome.calls === 0;
        if (outcome.kind === "done" || outcome.kind === "failed") attempts += 1;
        return outcome;
      } catch (error) {
        if (isHostSilent(error)) {
          // The silence may have followed an attempt that did begin; only in the first moment that is out of the question.
          const firstOnly = Date.now() - fromMs < timings.hostScheduleMs + timings.retryMs;
          return { kind: "host-silent", mayHaveBegun: !firstOnly };
        }
        const cost = await lostCost(workspace, slice);
        held.noteCost(cost);
        if (interrupted) return { kind: "stopped", ...cost };
        if (wasLost(error)) {
          const { readSleeps } = reads(sharedQueue(), "sleeps of the host");
          const slept = await readSleeps({ fromMs });
          held.addSleeps(slept);
          if (slept.length > 0) return { kind: "stopped", ...cost };
        }
        attempts += 1;
        return { kind: "broken", reason: explainFailure(error) };
      }
    },

    /** Another host takes over: it must find the slice's journal, or the slice counts in full. */
    noteBegun: held.noteBegun,
    /** True while some worker of that host asks for work. */
    isHostAlive: async (workspace: Workspace): Promise<boolean> =>
      reads(sharedQueue(), "is the host alive").hostAlive({ queue: workspace.hostQueue }),

    /** After a stop, a pause or a lost slice: what is held is settled, so that others can use it. */
    settle: held.settle,
    /** More, as the agent said; the guard decides. */
    askMore: () => held.ask(nextAsk, needsWhole),

    /** Waits for a time given by a provider, holding neither slice nor a place in the window; then for a place again. */
    waitUntil: async (at: string, why: string): Promise<void> => {
      await leaveWindow(`${why} until ${at}`);
      const until = Date.parse(at);
      const waitMs = Number.isFinite(until) ? Math.max(1_000, until - Date.now()) : 60_000;
      await Promise.race([sleep(waitMs), condition(() => stopping !== undefined)]);
      const { featureId } = ref;
      const back = { featureId, waiting: false, note: "", settlements: [] };
      await tell(milestone, messages.featureWaitsSignal, back);
      await condition(() => mayResume || stopping !== undefined);
    },

    /** Waits for a person's word, holding neither slice nor a place in the window; the milestone gives the place back. */
    waitForPerson: async (question: string): Promise<void> => {
      await leaveWindow("waits for a person", question);
      await condition(() => mayResume || stopping !== undefined);
    },

    end: async (
      kind: FeatureResult["kind"],
      more: Partial<Pick<FeatureResult, "note" | "commit" | "hostQueue" | "files">> = {},
    ): Promise<FeatureResult> => {
      await held.withdraw();
      const [settlement] = held.takeSettlement();
      return {
        kind,
        ...more,
        asks: held.asks(),
        attempts,
        spent: held.spent(),
        ...(settlement === undefined ? {} : { settlement }),
        ...(checkpoint === undefined ? {} : { checkpoint }),
      };
    },
  };
}
