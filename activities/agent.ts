/** What an agent is given for one attempt, and how it may end. Adapters fill `AgentPort`. */
import type { Amount, BlobRef } from "../domain/mission.js";
import type { Plan, PlanFeature } from "../domain/plan.js";
import type { QaFlow, QaReport, Viewport } from "../domain/qa.js";
import type { AttemptInput, SafetyEnding } from "../domain/work.js";
import type { WorkspacePaths } from "../store/workspace-paths.js";
import type { Fence } from "./fence.js";
import type { CommandResult, RunningChild } from "./ports.js";
import type { SliceAccount } from "./slice-account.js";

export interface AgentRun {
  input: AttemptInput;
  plan: Plan;
  feature: PlanFeature;
  paths: WorkspacePaths;
  /** Temporal's count of this activity, from 1. */
  attempt: number;
  /** State of an earlier attempt of the same agent, and the tree that was kept with it. `treeLost`: the workspace is not as it was then. */
  resumed: { state: unknown; ended?: string; tree?: string; treeLost: boolean } | undefined;
  /** False until the mission's owner allowed real models to run commands without a sandbox. */
  unsandboxed: boolean;
  /** Its commands run in a sandbox. */
  sandboxed: boolean;
  /** The feature's brief as its agent gets it, with what the repository and the plan say to read. Asked once, at a fresh start. */
  brief(): Promise<string>;
  /** Aborted when the attempt is to end: no further call, no further command. */
  signal: AbortSignal;
  account: SliceAccount;
  now(): number;
  /** Asked before each paid call, and answered by the server. */
  fence(): Promise<Fence>;
  /** Free and local: is this attempt still the one that works here? @throws when another took over. */
  assertOwner(): Promise<void>;
  /** Keeps state and workspace together. `dirty`: the workspace may have changed since the last one. @returns its tree, where it has one. */
  checkpoint(state: unknown, dirty: boolean): Promise<string | undefined>;
  /** Makes the workspace what it was at a checkpoint, by its tree; without one, at the base. @returns false where that cannot be had. */
  layOut(tree?: string): Promise<boolean>;
  /** A confined command in the workspace; `stopped` when the attempt is to end. */
  run(command: string, limits: { timeoutMs: number; outputBytes: number }): Promise<CommandResult>;
  /** A confined child that goes on, in the workspace: an external agent. Only one at a time. */
  start(
    argv: readonly string[],
    options: {
      env: Record<string, string>;
      gatewaySocket?: string;
      /** Folders that the program itself needs to see, as the one it is installed in. */
      readable?: readonly string[];
    },
  ): Promise<RunningChild>;
  /** Starts the app of the workspace and looks at one page; left out where nobody can. `picture`: a PNG of the page. */
  look?(flow: QaFlow, viewport: Viewport): Promise<{ report: QaReport; picture?: Buffer }>;
  /** The engine's own folder of this attempt, unseen by agents. */
  engineFolder: string;
  put(content: string, name: string): Promise<BlobRef>;
}

/** What an external agent used: by the gateway's count, and by its own word. */
export interface AgentUsage {
  guarantee: string;
  metered?: { calls: number; tokens: number; microUsd: number };
  said: { tokens?: number; microUsd?: number };
}

/** `promptHash`: sha256 of the system prompt that was used. */
export type AgentEnding = { transcript?: string; promptHash?: string; usage?: AgentUsage } & (
  | { kind: "done"; summary: string }
  | { kind: "needs-more"; ask: Amount }
  | { kind: "wait-until"; at: string; why: string }
  | { kind: "stopped" }
  | ({ kind: "failed"; reason: string; evidence?: BlobRef } & SafetyEnding)
);

export interface AgentPort {
  /**
   * Works until it is done, stopped or short of budget, with a checkpoint after every effect.
   * Contract: may run again from its last checkpoint; throws ApplicationFailure only.
   */
  work(run: AgentRun): Promise<AgentEnding>;
}
