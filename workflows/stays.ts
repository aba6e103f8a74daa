/** On which host a feature is: taken by one with a free slot, moved where that one does not answer, and taken home at its end. */
import {
  CancellationScope,
  isCancellation,
  patched,
  setCurrentDetails,
} from "@temporalio/workflow";
import { hostQueue, milestoneWorkflowId } from "../domain/ids.js";
import type { BlobRef } from "../domain/mission.js";
import type { Placement, PrepareInput, Workspace } from "../domain/work.js";
import { files, hostWork, placement, reads, sharedQueue } from "./effects.js";
import { isHostSilent } from "./failure-causes.js";
import type { FeatureInput, FeatureResult } from "./feature-input.js";
import { featureNotedSignal } from "./messages.js";
import { tell } from "./tell.js";

/** A host that comes back within this is told that its work went on elsewhere. */
const COME_BACK_MS = 7 * 24 * 3_600_000;

/** What a feature gives up for a long wait; the caller asks for it again. */
interface GivenUp {
  /** Waits with neither slice nor place. */
  outside: <T>(note: string, wait: () => Promise<T>) => Promise<T>;
  /** Gives back the slice alone. */
  settle: () => Promise<void>;
}

export function openStays(input: FeatureInput, { outside, settle }: GivenUp) {
  const { ref, timings, mode } = input;
  /** Undefined where every host has the mission's record. */
  const home = input.homeQueue;
  /** Where the feature is, or was last. */
  let current: Workspace | undefined;
  let isUsed = false;
  /** It was laid out while others could still change what the feature starts from. */
  let isEarly = false;
  let lost: Workspace | undefined;
  /** Where a safety stop sends it, until that host cannot be had. */
  let sent = input.route?.host;

  const summary = (what: string) => `${ref.featureId} ${input.title}: ${what}`.slice(0, 190);
  const note = (text: string) =>
    tell(milestoneWorkflowId(ref.missionId, ref.milestoneId), featureNotedSignal, {
      featureId: ref.featureId,
      note: text,
    });

  const isAlive = async (workspace: Workspace): Promise<boolean> => {
    const { hostSeenMs: withinMs } = timings;
    const queue = workspace.hostQueue;
    const lives = await reads(sharedQueue(), "is the host alive").hostAlive({
      queue,
      ...(withinMs === undefined ? {} : { withinMs }),
    });
    if (!lives) lost = workspace;
    return lives;
  };

  const leaveHost = (workspace: Workspace, hostScheduleMs: number) =>
    hostWork(workspace.hostQueue, { ...timings, hostScheduleMs }, summary("leave the host"))
      .leaveHost({ feature: ref, workspace })
      .then(async ({ report }) =>
        report === undefined || home === undefined
          ? undefined
          : files(home, summary("what another host did")).takeReport({ feature: ref, report }),
      );

  /** Nobody waits for a host that does not answer; when it comes back, it ends what it still has of the feature. */
  const leaveBehind = (workspace: Workspace) => {
    void CancellationScope.nonCancellable(() =>
      leaveHost(workspace, COME_BACK_MS).catch(() => undefined),
    );
  };

  const order = (checkpoint: BlobRef | undefined): PrepareInput => ({
    feature: ref,
    mode,
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(home === undefined ? {} : { homeQueue: home }),
    ...(input.agent === "manual" ? { byPerson: true } : {}),
    ...(input.kind === "browser-qa" ? { fresh: true } : {}),
    ...(lost === undefined ? {} : { movedFrom: lost.hostId }),
    ...(lost === undefined && sent?.left !== undefined
      ? { movedFrom: sent.left, movedForSafety: true as const }
      : {}),
  });

  /** On any host with a free slot. Where there is none for a while, that is told, once. */
  const onAnyHost = async (prepare: PrepareInput): Promise<Placement> => {
    const any = placement(timings, summary("workspace"), { waitMs: timings.hostScheduleMs });
    try {
      return await any.prepareWorkspace(prepare);
    } catch (error) {
      if (!isHostSilent(error)) throw error;
    }
    const why = "waits for a host with a free slot";
    setCurrentDetails(why);
    const patient = placement(timings, summary(why));
    const isWithoutSlice = patched("host-wait-without-slice");
    // With its place a POC mission's feature would give up the one workspace, and could be placed where another is at work.
    if (isWithoutSlice && mode !== "poc") {
      const placed = await outside(why, () => patient.prepareWorkspace(prepare));
      setCurrentDetails("");
      isEarly = placed.kept !== true;
      return placed;
    }
    if (isWithoutSlice) await settle();
    await note(why);
    const placed = await patient.prepareWorkspace(prepare);
    setCurrentDetails("");
    await note("");
    return placed;
  };

  /** @returns undefined when that host does not answer any more. */
  const onHost = async (host: Workspace, prepare: PrepareInput): Promise<Placement | undefined> => {
    const { hostQueue: queue } = host;
    for (;;) {
      try {
        const there = { queue, waitMs: timings.hostScheduleMs };
        return await placement(timings, summary("workspace"), there).prepareWorkspace(prepare);
      } catch (error) {
        if (!isHostSilent(error)) throw error;
        if (!(await isAlive(host))) return undefined;
      }
    }
  };

  /** On the host that a safety stop sends it to. @returns undefined where that cannot have it: then any may. */
  const onSent = async (prepare: PrepareInput): Promise<Placement | undefined> => {
    if (sent === undefined) return undefined;
    const { hostId } = sent;
    const there = { hostId, hostQueue: hostQueue(hostId), name: "", baseCommit: "" };
    try {
      const placed = await onHost(there, prepare);
      if (placed === undefined) sent = undefined;
      return placed;
    } catch (error) {
      if (isCancellation(error)) throw error;
      sent = undefined;
      return undefined;
    }
  };

  const atHome = (queue: string, prepare: PrepareInput) =>
    placement(timings, summary("workspace"), { queue }).prepareWorkspace(prepare);

  /** What a host that has never seen the mission lacks. @returns undefined when the host is gone meanwhile. */
  const supply = async (
    host: Placement,
    queue: string,
    prepare: PrepareInput,
  ): Promise<Placement | undefined> => {
    const base = await files(queue, summary("publish the base")).publishBase({ feature: ref });
    // A plain folder is the result itself, and stays at home.
    return base.head === "" ? atHome(queue, prepare) : onHost(host, { ...prepare, base });
  };

  const placeOnce = async (checkpoint: BlobRef | undefined): Promise<Placement | undefined> => {
    const prepare = order(checkpoint);
    if (input.agent === "manual" && home !== undefined) return atHome(home, prepare);
    // Placed and then interrupted: it goes on where it is.
    const unused = current !== undefined && !isUsed ? current : undefined;
    const placed =
      unused === undefined
        ? ((await onSent(prepare)) ?? (await onAnyHost(prepare)))
        : await onHost(unused, isEarly ? { ...prepare, fresh: true } : prepare);
    if (placed === undefined) {
      isUsed = true;
      return undefined;
    }
    moveTo(placed);
    if (placed.needs === undefined || home === undefined) return placed;
    const supplied = await supply(placed, home, prepare);
    if (supplied === undefined) isUsed = true;
    else moveTo(supplied);
    return supplied;
  };

  const moveTo = (placed: Workspace) => {
    if (current !== undefined && current.hostId !== placed.hostId) leaveBehind(current);
    current = placed;
    isUsed = false;
  };

  return {
    isAlive,
    /** A workspace on whichever host takes it. @throws what `explainFailure` explains. */
    place: async (checkpoint: BlobRef | undefined): Promise<Workspace> => {
      for (;;) {
        const placed = await placeOnce(checkpoint);
        if (placed !== undefined) return placed;
      }
    },
    /** From now on work lies there. */
    use: (workspace: Workspace): Workspace => {
      isUsed = true;
      isEarly = false;
      lost = undefined;
      return workspace;
    },
    whereStopped: (): { hostId?: string } =>
      current === undefined ? {} : { hostId: current.hostId },
    /** At the feature's end. Nothing is left of it on a host that is not its home, and what that host has of it is at home. */
    leave: async (): Promise<Partial<Pick<FeatureResult, "files">>> => {
      if (home === undefined || current === undefined || current.hostQueue === home) return {};
      const workspace = current;
      for (;;) {
        try {
          const taken = await leaveHost(workspace, timings.hostScheduleMs);
          return taken === undefined || taken.files.length === 0 ? {} : { files: taken.files };
        } catch (error) {
          // What is lost with it is its story and its hand-over; the commit travels by itself.
          if (!isHostSilent(error) || !(await isAlive(workspace))) return {};
        }
      }
    },
  };
}
