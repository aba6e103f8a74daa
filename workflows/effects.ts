/**
 * Retry, timeouts and cancellation of every activity, one place per class of effect. `summary` is what the Web UI shows.
 * A class says what a second run costs: reads nothing, files nothing (they set values), work resumes from its checkpoint,
 * announcements are not repeated.
 */
import { ActivityCancellationType, proxyActivities, workflowInfo } from "@temporalio/workflow";
import type * as contract from "../activities/contract.js";
import { FAILURE } from "../domain/failures.js";
import { placementQueue } from "../domain/ids.js";
import type { Timings } from "../domain/mission.js";

type Activities = contract.Activities &
  contract.BrowserActivities &
  contract.FullModeActivities &
  contract.ManyHostsActivities &
  contract.ValidationActivities;

const never = [
  FAILURE.missingRecord,
  FAILURE.modelAuth,
  FAILURE.modelRefused,
  FAILURE.modelUnknown,
  FAILURE.repositoryUnusable,
  FAILURE.superseded,
];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FILES_HEARTBEAT_MS = 10_000;

/** The queue that every worker serves: the one this workflow runs on. */
export const sharedQueue = (): string => workflowInfo().taskQueue;

/** Quick reads; safe to repeat. */
export const reads = (taskQueue: string, summary: string) =>
  proxyActivities<Activities>({
    taskQueue,
    summary,
    startToCloseTimeout: 30_000,
    retry: { initialInterval: 500, maximumInterval: 10_000, nonRetryableErrorTypes: never },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });

/** A beat of the pulse: gives up soon, because the next one does the same. */
export const beats = (taskQueue: string, summary: string) =>
  proxyActivities<Activities>({
    taskQueue,
    summary,
    startToCloseTimeout: 30_000,
    retry: { initialInterval: 1_000, maximumAttempts: 3 },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });

/** Files of the mission folder: values are set, so a repeat is harmless and giving up would lose the projection. */
export const files = (taskQueue: string, summary: string) =>
  proxyActivities<Activities>({
    taskQueue,
    summary,
    startToCloseTimeout: 30 * MINUTE,
    // A killed worker is noticed by this, not by the length of the longest commit.
    heartbeatTimeout: FILES_HEARTBEAT_MS,
    retry: { initialInterval: 1_000, maximumInterval: 30_000, nonRetryableErrorTypes: never },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });

/** A message to a person: at most once, and its failure stops nothing. */
export const announcements = (taskQueue: string) =>
  proxyActivities<Activities>({
    taskQueue,
    summary: "announce",
    startToCloseTimeout: MINUTE,
    retry: { maximumAttempts: 1 },
    cancellationType: ActivityCancellationType.ABANDON,
  });

/**
 * Makes or finds a workspace on whichever host has a free slot, or on the host of `queue`; the second run finds what the
 * first made. @param waitMs after which nobody has taken it.
 */
export const placement = (
  timings: Timings,
  summary: string,
  { queue, waitMs }: { queue?: string; waitMs?: number } = {},
) =>
  proxyActivities<Activities>({
    taskQueue: queue ?? placementQueue(sharedQueue()),
    ...(waitMs === undefined ? {} : { scheduleToStartTimeout: waitMs }),
    summary,
    startToCloseTimeout: 30 * MINUTE,
    heartbeatTimeout: Math.max(timings.heartbeatMs, 1_000),
    retry: {
      initialInterval: timings.retryMs,
      maximumInterval: 30_000,
      maximumAttempts: 20,
      nonRetryableErrorTypes: never,
    },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });

/**
 * Work in a workspace, on its host: attempts, checks, commits, merges. It heartbeats, resumes from its checkpoint, and on
 * cancellation ends after the call in flight and reports what it cost.
 */
export const hostWork = (taskQueue: string, timings: Timings, summary: string) =>
  proxyActivities<Activities>({
    taskQueue,
    summary,
    startToCloseTimeout: 24 * HOUR,
    scheduleToStartTimeout: timings.hostScheduleMs,
    heartbeatTimeout: timings.heartbeatMs,
    retry: {
      initialInterval: timings.retryMs,
      backoffCoefficient: 1.5,
      maximumInterval: 30_000,
      maximumAttempts: 20,
      nonRetryableErrorTypes: never,
    },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });

/**
 * A paid question to a model, on the host of the person who plans. It heartbeats and goes on from the last answer; on
 * cancellation it ends after the call in flight and reports what it cost.
 */
export const paidQuestions = (taskQueue: string, timings: Timings, summary: string) =>
  proxyActivities<Activities>({
    taskQueue,
    summary,
    startToCloseTimeout: 2 * HOUR,
    scheduleToStartTimeout: timings.hostScheduleMs,
    heartbeatTimeout: timings.heartbeatMs,
    retry: {
      initialInterval: timings.retryMs,
      backoffCoefficient: 1.5,
      maximumInterval: 30_000,
      maximumAttempts: 10,
      nonRetryableErrorTypes: never,
    },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });

/**
 * What makes or changes something at a forge. It reads back before it makes anything, so a few tries are safe; after them a
 * person is asked.
 */
export const forgeWork = (taskQueue: string, timings: Timings, summary: string) =>
  proxyActivities<Activities>({
    taskQueue,
    summary,
    startToCloseTimeout: 30 * MINUTE,
    heartbeatTimeout: timings.heartbeatMs,
    retry: {
      initialInterval: timings.retryMs,
      backoffCoefficient: 3,
      maximumInterval: MINUTE,
      maximumAttempts: 8, // some minutes: a forge that restarts is no question to a person
      nonRetryableErrorTypes: never,
    },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });

/** A look at a forge: gives up soon, because the next look asks the same. */
export const forgeReads = (taskQueue: string, summary: string) =>
  proxyActivities<Activities>({
    taskQueue,
    summary,
    startToCloseTimeout: 2 * MINUTE,
    retry: { initialInterval: 1_000, maximumAttempts: 3, nonRetryableErrorTypes: never },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
