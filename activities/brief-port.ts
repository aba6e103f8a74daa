/** The text that a feature begins with, for its agent and for people. */
import type { Plan, PlanFeature } from "../domain/plan.js";

/** The feature that a brief is about. */
export interface BriefOrder {
  missionId: string;
  planHash: string;
  plan: Plan;
  feature: PlanFeature;
  /** Commit that the work starts from; empty where there is none. */
  baseCommit: string;
  /** The mission's folder, where this host has it. */
  missionFolder: string | undefined;
}

/** The text that a feature begins with. Contract: only reads, may be asked again, leaves out what cannot be read. */
export interface BriefPort {
  /** With the repository's own instructions and what the plan says to read. @param order.tree the workspace's files. */
  forAgent(order: BriefOrder & { tree: string }): Promise<string>;
  /** With estimate and origin. */
  forPeople(order: BriefOrder): Promise<string>;
}
