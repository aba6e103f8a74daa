/** A plan in a model's own words, before the engine has added what only people and the engine may say. */
import type { DraftFlow } from "./draft-flows.js";
import type { FeatureKind, Size, Tier } from "../mission.js";
import type { Verify } from "../plan.js";

export interface DraftCheck {
  id: string;
  sentence: string;
  verify: Verify;
  /** Ids of sentences of the scope (`H1`) that it covers. */
  covers: string[];
}

/** What a finishing feature is for; the last milestone needs all three. */
export const FINISHES = ["polish", "docs", "deploy"] as const;
export type Finish = (typeof FINISHES)[number];

/** `script` only where the plan that is changed has it so: a model gives no commands. */
export const DRAFT_AGENTS = ["builtin", "manual", "script"] as const;
export type DraftAgent = (typeof DRAFT_AGENTS)[number];

export interface DraftFeature {
  id: string;
  title: string;
  brief: string;
  kind: FeatureKind;
  agent?: DraftAgent | undefined;
  size: Size;
  tier?: Tier | undefined;
  dependsOn: string[];
  touches: string[];
  /** Ids of checks of its milestone. */
  serves: string[];
  checks: DraftCheck[];
  /** Mission agents and skills that its builder is given to read. */
  reads?: string[] | undefined;
  /** Existing tests and check settings that it must change or remove. */
  rewrites?: string[] | undefined;
  finish: Finish[];
  /** Of a payment or mail: who gets it, what for, and the most USD that it may lead to. */
  vendor?: string | undefined;
  purpose?: string | undefined;
  capUsd?: number | undefined;
}

export interface DraftMilestone {
  /** Default: its position. */
  id?: string | undefined;
  title: string;
  checks: DraftCheck[];
  features: DraftFeature[];
  /** Names of flows that a browser goes through when it is done. */
  ui?: string[] | undefined;
}

/** How what is built is started. */
export interface DraftApp {
  run: string;
  prepare?: string[] | undefined;
  ready?: string | undefined;
}

export interface Draft {
  title: string;
  milestones: DraftMilestone[];
  nonGoals: string[];
  /** What the person should know about the plan; goes into no brief. */
  notes: string[];
  /** Of what has web pages. */
  app?: DraftApp | undefined;
  flows?: DraftFlow[] | undefined;
}
