/** Options of a mission's limits, as a start and an adjustment take them. */
import { Option } from "@commander-js/extra-typings";

export const onAlert = () =>
  new Option("--on-alert <what>", "at the alert threshold of the budget").choices([
    "ask",
    "cheaper",
    "continue",
  ] as const);

export const atDeadline = () =>
  new Option("--at-deadline <what>", "at the deadline").choices(["finish", "stop", "ask"] as const);
