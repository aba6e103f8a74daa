/** What activities need from the outside world. Adapters fill these; workers/ puts them together. */
import type { Readable, Writable } from "node:stream";
import type { LanguageModel } from "ai";
import type { EstimateBasis } from "../domain/estimates/estimate.js";
import type { Amount, BlobRef, Interval, Role } from "../domain/mission.js";
import type { OpenMission } from "../domain/queue.js";
import type { ModelRouting } from "../domain/plan.js";
import type { ModelProvider } from "../domain/routing.js";
import type { MissionRecord } from "../store/mission-record.js";
import type { PackedTree } from "./hosts-ports.js";
import type { PaidRun } from "./paid-run.js";

export type { BrowserPort, BrowserState, LookOrder } from "./browser-ports.js";

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
  /** What the sandbox refused it or ended it for, in words; absent where it noticed nothing. */
  refusals?: string[];
}

/** What a child may see and reach; everything else of the machine it does not. Paths are absolute. */
export interface Confinement {
  /** Folders that it may write. */
  writable: readonly string[];
  /** Folders that it may read although they lie where it sees nothing else (objects of the engine's repository). */
  readable: readonly string[];
  /** Unix socket of its gateway, offered inside at `gatewayAddress`. */
  gatewaySocket?: string;
  /** Port of the sandbox's loopback at which the gateway's socket is offered instead. */
  gatewayPort?: number;
  /** Names of hosts that it may reach; none: no way out. */
  hosts: readonly string[];
  /** Not even what the owner of the machine lets every child reach: `hosts` alone. */
  onlyHosts?: boolean;
}

export interface ChildOptions {
  cwd: string;
  /** Extra variables; never secrets. */
  env?: Record<string, string>;
  /** File that records the process group while it runs, so that a later attempt can end it. */
  groupFile?: string;
  /** Left out: the command is the owner's own and runs outside of any sandbox. */
  confine?: Confinement;
}

/** A confined child that goes on: an agent that speaks over its standard streams. */
export interface RunningChild {
  stdin: Writable;
  stdout: Readable;
  /** The last bytes of stderr. */
  errors(): string;
  /** As in `CommandResult`, so far. */
  refusals?(): string[];
  /** Resolves when it has ended and nothing of its group is left. */
  ended: Promise<{ exitCode: number | null }>;
  /** Asks the whole group to end, and ends it. */
  end(): Promise<void>;
}

/** How far this host can confine children. `why`: what is missing, with the remedy. */
export type SandboxState = { works: true } | { works: false; why: string };

/**
 * Runs confined children: environment from nothing, own process group, limits on time and output, the sandbox where it works.
 * Contract: resolves for every exit code; rejects only when the shell itself cannot be started.
 */
export interface CommandPort {
  run(
    options: ChildOptions & {
      command: string;
      timeoutMs: number;
      outputLimitBytes: number;
      signal: AbortSignal;
    },
  ): Promise<CommandResult>;
  /** @param options.argv program and arguments. Contract: rejects when the program cannot be started. */
  start(options: ChildOptions & { argv: readonly string[] }): Promise<RunningChild>;
  /** Tried once and remembered. */
  sandbox(): Promise<SandboxState>;
  /** Where a child finds its gateway: inside its sandbox, or at `listening` on this host where there is none. */
  gatewayAddress(listening: string): Promise<string>;
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
  /** Size of the model's context window, where settings or price table know it. Contract: never throws. */
  contextTokens?(model: string): number | undefined;
}

/** Where calls to a provider go, and how they are paid: only the engine knows either. */
export interface Upstream {
  provider: ModelProvider;
  /** As `https://host/v1`, from configuration, never from a request. */
  baseUrl: string;
  /** Headers that carry the key. */
  headers: Record<string, string>;
  limitKey: string;
  secrets: string[];
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
  /** For calls that others make through the gateway. Contract: as `open`. */
  upstream(provider: ModelProvider): Promise<Upstream>;
  /** Routing of this host, for what a plan leaves open. */
  defaultRouting(): ModelRouting;
}

/** What a gateway refused or put off; the attempt ends accordingly. */
export type GatewayStop =
  | { kind: "needs-more"; ask: Amount }
  | { kind: "wait-until"; at: string; why: string }
  /** The attempt may not pay any more: `Fence` said stop, leave or superseded. */
  | { kind: "ended"; why: "stop" | "leave" | "superseded" };

export interface OpenGateway {
  /** Unix socket for a sandbox. */
  socket: string;
  /** `http://127.0.0.1:<port>` for children without one. */
  listening: string;
  /** What the agent has as its key. */
  token: string;
  /** The first reason for which a call was not made, if any. */
  stop(): GatewayStop | undefined;
  /** What was metered so far, in calls and tokens: to be compared with what the agent says. */
  metered(): { calls: number; inputTokens: number; outputTokens: number; microUsd: number };
  /** Ends calls in flight, booked at worst case. */
  close(): Promise<void>;
}

/** The metering pass-through for one attempt of an external agent. */
export interface GatewayPort {
  /** @param order.model answers every call that asks for a model that is not known by name; `provider/model`. */
  open(order: {
    run: PaidRun;
    role: Role;
    model: string;
    rateLimitInlineMs: number;
    /** Folder for the socket; the engine's own. */
    folder: string;
  }): Promise<OpenGateway>;
}

/**
 * Saves and restores the working tree of a git workspace as a git tree object in the engine's own repository of the mission.
 * Contract: neither reads the workspace's git configuration nor runs hooks; both may be repeated.
 */
export interface TreePort {
  /** @param name of the engine's repository (`engineRepositoryName`). @returns the tree's object id. */
  snapshot(name: string, dir: string): Promise<string>;
  restore(name: string, dir: string, tree: string): Promise<void>;
  /** A tree as a commit in the store, on a base that the receiver has. @returns undefined where no other host reaches the store. */
  pack(name: string, tree: string, baseCommit: string): Promise<PackedTree | undefined>;
  /** Takes one in. @returns false when it cannot be had, or is not that tree on that base. */
  unpack(name: string, packed: PackedTree & { tree: string; baseCommit: string }): Promise<boolean>;
}

/** Commits the mission folder. Contract: an unchanged folder makes no commit; may be repeated; nobody's index or branch moves. */
export interface FolderCommitPort {
  /**
   * @param at date of the commit, ISO 8601.
   * @returns why the user's repository could not take the branch; undefined when it has it.
   */
  commitFolder(record: MissionRecord, subject: string, at: string): Promise<string | undefined>;
}

/** Who asks a task queue for work. Contract: the last access of each activity poller, in ms since the epoch. */
export interface PollerPort {
  lastPolls(queue: string): Promise<number[]>;
  /** With the host that each is on. */
  lastSeen(queue: string): Promise<{ hostId: string; at: number }[]>;
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
