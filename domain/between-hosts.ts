/** What goes between a mission's home and the other hosts that work on its features; small, and stable across versions. */
import type { BlobRef } from "./mission.js";
import type { FeatureRef, Workspace } from "./work.js";

/** A commit and the git bundle that brings it. */
export interface BundledCommit {
  commit: string;
  /** Commit that must be there already; left out: the bundle needs nothing. */
  base?: string;
  bundle: BlobRef;
}

/** What another host needs of a mission to work on one of its features; bundles are taken in their order. */
export interface PublishedBase {
  /** The mission's place: what of its record another host may know. */
  place: BlobRef;
  /** Head of the integration branch; empty for plain folders, which stay at home. */
  head: string;
  bundles: BundledCommit[];
  /** The feature's commit that met a conflict. */
  unmerged?: BundledCommit;
}

/** Ends a feature's stay on a host that is not its home. Safe to repeat. */
export interface LeaveInput {
  feature: FeatureRef;
  workspace: Workspace;
}

export interface LeaveOutcome {
  /** What the host has of the feature for its home: events, journals, files handed over. Left out: the stay had ended before. */
  report?: BlobRef;
}

export interface TakeReportInput {
  feature: FeatureRef;
  report: BlobRef;
}
