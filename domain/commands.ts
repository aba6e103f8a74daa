/** The commands of people to a mission: what each carries. docs/operations.md shows the JSON to paste. */
import type { Actor, AtDeadline, OnAlert } from "./mission.js";

/** Every command may carry these. With a `commandId` it is applied once; without, each time it arrives. */
export interface CommandMeta {
  commandId?: string;
  by?: Actor;
}
export interface ApprovePlan extends CommandMeta {
  note?: string;
}
export interface Decide extends CommandMeta {
  gate: string;
  choice: string;
  note?: string;
}
export interface Pause extends CommandMeta {
  /** Let running slices finish instead of ending attempts after their call in flight. */
  drain?: boolean;
  reason?: string;
}
export type Resume = CommandMeta;
/** Only the fields given change. Units as people write them: USD, hours, tokens, percent. */
export interface AdjustBudget extends CommandMeta {
  usd?: number;
  hours?: number;
  tokens?: number;
  alertThresholdPct?: number;
  onAlert?: OnAlert;
  /** UTC, ISO 8601; null takes the deadline away. */
  deadline?: string | null;
  /** IANA zone in which the deadline is shown. */
  deadlineZone?: string;
  atDeadline?: AtDeadline;
}
export interface Steer extends CommandMeta {
  note: string;
  feature?: string;
}
export interface RetryFeature extends CommandMeta {
  feature: string;
}
export interface SkipFeature extends CommandMeta {
  feature: string;
  reason?: string;
}
/** A new plan, or a hold of all new starts while one is made; one of both. */
export interface Replan extends CommandMeta {
  planHash?: string;
  /** True: features that have not begun wait, running ones go on. False: the plan stays, they may start again. */
  hold?: boolean;
  reason?: string;
}
export interface Cancel extends CommandMeta {
  reason?: string;
}
export interface CommandReply {
  applied: boolean;
  message: string;
}

/** Names of the commands, as typed by the client and as sent from the Web UI. */
export interface Commands {
  approvePlan: ApprovePlan;
  decide: Decide;
  pause: Pause;
  resume: Resume;
  adjustBudget: AdjustBudget;
  steer: Steer;
  retryFeature: RetryFeature;
  skipFeature: SkipFeature;
  replan: Replan;
  cancel: Cancel;
}
export const COMMAND_NAMES = [
  "approvePlan",
  "decide",
  "pause",
  "resume",
  "adjustBudget",
  "steer",
  "retryFeature",
  "skipFeature",
  "replan",
  "cancel",
] as const satisfies (keyof Commands)[];
export type CommandName = (typeof COMMAND_NAMES)[number];
