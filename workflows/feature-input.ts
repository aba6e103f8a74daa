/** What a feature's workflow is started with, and what it ends with. */
import type {
  AgentName,
  Amount,
  BlobRef,
  FeatureKind,
  MissionMode,
  OnQuota,
  Timings,
} from "../domain/mission.js";
import type { SafetyStop } from "../domain/recovery.js";
import type { FeatureRef, Repair, Slice, TakenAgain } from "../domain/work.js";
import type { Settlement } from "./messages.js";

/** A feature's pull request, and the commit that it showed last. */
export interface OpenedPullRequest {
  id: string;
  where: string;
  commit: string;
}

/** What a feature did that the engine has seen to be right: the state in which most of its checks passed. */
export interface Verified {
  checkpoint: BlobRef;
  /** Checks that passed in it, and ids of those that did not, at most 20. */
  passed: number;
  failed: string[];
  evidence?: BlobRef;
}

/** How it goes on after a safety stop. */
export interface Route {
  /** Of this climb of the recovery ladder. */
  id: string;
  from?: TakenAgain["from"];
  /** Where it goes on, and which host it leaves. */
  host?: { hostId: string; left?: string };
}

export interface FeatureInput {
  ref: FeatureRef;
  order: number;
  title: string;
  /** Default `code`. */
  kind?: FeatureKind;
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
  /** Its commit is reviewed and gets a pull request: Full mode on a repository. Never set by 0.2.0. */
  ships?: boolean;
  /** Task queue of the host that has the user's repository; left out: every host has it. Never compared with a queue here. */
  homeQueue?: string;
  /** What is done when a provider's limit is reached; default `wait`. Never set by 0.2.0. */
  onQuota?: OnQuota;
  /** Of an earlier run. */
  pullRequest?: OpenedPullRequest;
  /** What integration found wrong with its earlier commit. */
  repair?: Repair;
  /** Rounds of repair in earlier runs: they count on. */
  repairs?: number;
  /** Of an earlier run. */
  verified?: Verified;
  /** Set after a safety stop. */
  route?: Route;
}

/** What a feature says of a safety stop. */
export type SafetyStopped = Pick<FeatureResult, "stop" | "lasting" | "failed" | "evidence">;

export interface FeatureResult {
  kind: "done" | "blocked" | "cancelled";
  note?: string;
  commit?: string;
  hostQueue?: string;
  files?: string[];
  /** The commit as a git bundle, where it was made on another host than the mission's home. */
  bundle?: BlobRef;
  pullRequest?: OpenedPullRequest;
  /** Changed paths outside of what it declared. */
  undeclared?: string[];
  /** Rounds of repair, those of earlier runs included. */
  repairs?: number;
  asks: number;
  attempts: number;
  /** Over all slices. */
  spent: Amount;
  /** Of the slice still held at the end; rides to the guard with the milestone's next request. */
  settlement?: Settlement;
  checkpoint?: BlobRef;
  /** Blocked for safety: the recovery ladder says how it goes on. Left out: a person decides. */
  stop?: SafetyStop;
  /** With `stop`: neither time nor another try helps. */
  lasting?: true;
  /** With `stop`: the host that it was on. */
  hostId?: string;
  /** With `stop`: ids of its failing checks, and what they said. */
  failed?: string[];
  evidence?: BlobRef;
  verified?: Verified;
}
