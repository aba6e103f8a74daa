/** What activities need from the outside world. Adapters fill these; workers/ puts them together. */
import type { LanguageModel } from "ai";
import type { EstimateBasis } from "../domain/estimates/estimate.js";
import type { BlobRef, Interval } from "../domain/mission.js";
import type { OpenMission } from "../domain/queue.js";
import type { ModelRouting } from "../domain/plan.js";
import type { ModelProvider } from "../domain/routing.js";
import type { MissionRecord } from "../store/mission-record.js";

/** Wall clock in ms since the epoch, and the host's record of when it slept. */
export interface HostClock {
  now(): number;
  /** Contract: never throws; checks for an unrecorded gap before it answers. */
  sleepsSince(fromMs: number): Interval[];
}

/** Content-addressed files. Contract: `put` may be repeated; `get` throws when the blob is missing. */
export interface BlobPort {
  put(content: string | Uint8Array, name: string): Promise<BlobRef>;
  get(sha256: string): Promise<Uint8Array>;
}

export interface CommandResult {
  exitCode: number | null;
  /** stdout and stderr as they came, cut in the middle above the limit. */
  output: string;
  ms: number;
  timedOut: boolean;
  /** Ended because the caller's signal was aborted. */
  stopped: boolean;
}

/**
 * Runs one shell command as a confined child: environment from nothing, own process group, limits on time and output.
 * Contract: resolves for every exit code; rejects only when the shell itself cannot be started.
 */
export interface CommandPort {
  run(options: {
    command: string;
    cwd: string;
    timeoutMs: number;
    outputLimitBytes: number;
    signal: AbortSignal;
    /** Extra variables; never secrets. */
    env?: Record<string, string>;
    /** File that records the process group while it runs, so that a later attempt can end it. */
    groupFile?: string;
  }): Promise<CommandResult>;
  /** Ends the process group recorded in `groupFile`, if it still is the one recorded (pid and start time). */
  endRecordedGroup(groupFile: string): Promise<void>;
}

/** Tokens by class of one model call. `inputTokens` includes the cached ones. */
export interface CallUsage {
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  reasoningTokens: number;
}

/** Prices by model id `provider/model`. Contract: throws a Problem naming the model when no price is known; never zero by default. */
export interface PricePort {
  /** Micro-USD, rounded up. */
  costMicroUsd(model: string, usage: CallUsage): number;
  /** Date or version of the price table, kept with each call. */
  source(model: string): string;
}

/** A model that can be called now. The key is inside `languageModel`; `secrets` names it for scrubbing only. */
export interface OpenedModel {
  provider: ModelProvider;
  languageModel: LanguageModel;
  /** Same for all calls that share a provider's rate limit; holds no key. */
  limitKey: string;
  secrets: string[];
}

/** Reaches models. Keys, addresses and routing are read at each call, because they change without a restart. */
export interface ModelAccessPort {
  /** Contract: throws a Problem when the provider, its key or its address is not known. */
  open(model: string): Promise<OpenedModel>;
  /** Routing of this host, for what a plan leaves open. */
  defaultRouting(): ModelRouting;
}

/**
 * Saves and restores the working tree of a git workspace as a git tree object in the engine's own repository of the mission.
 * Contract: neither reads the workspace's git configuration nor runs hooks; both may be repeated.
 */
export interface TreePort {
  /** @returns the tree's object id. */
  snapshot(missionId: string, dir: string): Promise<string>;
  restore(missionId: string, dir: string, tree: string): Promise<void>;
}

/** Commits the mission folder. Contract: an unchanged folder makes no commit; may be repeated; nobody's index or branch moves. */
export interface FolderCommitPort {
  /** @param at date of the commit, ISO 8601. */
  commitFolder(record: MissionRecord, subject: string, at: string): Promise<void>;
}

/** Who asks a task queue for work. Contract: the last access of each activity poller, in ms since the epoch. */
export interface PollerPort {
  lastPolls(queue: string): Promise<number[]>;
}

/** What estimates are made from here: finished features, and prices of the provider that a routing sends the work to. */
export interface EstimatePort {
  /** Contract: only reads, and may be asked again. @returns undefined where nothing is known. @throws Problem for unknown prices. */
  basis(routing: ModelRouting): Promise<EstimateBasis | undefined>;
}

/** The missions of a server that run or wait in the queue, and the word that one may begin. */
export interface QueuePort {
  /** Of one task queue. Contract: may lag some seconds behind what missions are told. */
  openMissions(taskQueue: string): Promise<OpenMission[]>;
  /** Contract: may be repeated. @returns false when the mission has ended. */
  begin(missionId: string): Promise<boolean>;
}
