/** The recorded events of a feature, as a person reads them. */
import type { BlobRef } from "../domain/mission.js";
import { formatTokens, formatUsd } from "../domain/money.js";
import type { FeatureEvent } from "../store/feature-record.js";
import { cleanLine } from "./terminal/clean.js";

/** One line, time in UTC, with the feature's id where one is given. */
export const eventLine = (event: FeatureEvent, feature?: string): string =>
  [
    timeOf(event.at),
    ...(feature === undefined ? [] : [feature.padEnd(5)]),
    cleanLine(what(event)),
  ].join("  ");

const timeOf = (iso: string) => cleanLine(iso.slice(0, 19).replace("T", " "));

function what(event: FeatureEvent): string {
  switch (event.kind) {
    case "workspace":
      return `workspace ${event.name} on host ${event.hostId}${event.baseCommit === "" ? "" : ` from ${event.baseCommit.slice(0, 12)}`}`;
    case "attempt":
      return [
        `attempt ${event.attempt ?? "?"} by ${event.agent}: ${event.outcome}`,
        `${event.calls} calls, ${formatTokens(event.spent.tokens)} tokens, ${formatUsd(event.spent.microUsd)}`,
        ...(event.note === undefined ? [] : [event.note]),
      ].join("; ");
    case "checks":
      return `checks ${event.passed ? "passed" : "failed"}: ${event.summary}`;
    case "look":
      return `looked at in a browser, ${event.verdict}: ${event.summary}`;
    case "commit":
      return event.commit === ""
        ? "nothing to commit"
        : `commit ${event.commit.slice(0, 12)}${event.files.length > 0 ? `, handed over ${event.files.join(", ")}` : ""}`;
    case "review":
      return [
        `review ${event.round}${event.model === undefined ? "" : ` by ${event.model}`}: ${event.outcome}, ${event.summary}`,
        ...(event.spent === undefined ? [] : [formatUsd(event.spent.microUsd)]),
      ].join("; ");
    case "usage":
      return usageWords(event);
    case "pull-request":
      return `pull request ${event.where} shows ${event.commit.slice(0, 12)}`;
    case "integrated":
      return `integrated, the branch is at ${event.head.slice(0, 12)}`;
    case "sandbox":
      return `the sandbox refused: ${event.refusals.join("; ")}`;
    case "note":
      return event.text;
  }
}

/** The agent's word beside the gateway's count, and how they differ. */
function usageWords(event: Extract<FeatureEvent, { kind: "usage" }>): string {
  const { agent, guarantee, metered, said } = event;
  const words = [
    ...(said.tokens === undefined ? [] : [`${formatTokens(said.tokens)} tokens`]),
    ...(said.microUsd === undefined ? [] : [formatUsd(said.microUsd)]),
  ].join(", ");
  const itSays = `${agent} says ${words === "" ? "nothing of what it used" : words}`;
  if (metered === undefined) return `${itSays}; nothing meters it (held to its slice ${guarantee})`;
  const counted = `the gateway counted ${metered.calls} calls, ${formatTokens(metered.tokens)} tokens, ${formatUsd(metered.microUsd)}`;
  const missing = said.tokens === undefined ? 0 : metered.tokens - said.tokens;
  const differs =
    missing === 0
      ? ""
      : `: ${formatTokens(Math.abs(missing))} ${missing > 0 ? "not told" : "told too many"}`;
  return `${itSays}; ${counted}${said.tokens === undefined ? "" : differs}`;
}

/** Stored files that an event left. */
export function evidenceOf(event: FeatureEvent): (BlobRef & { what: string })[] {
  switch (event.kind) {
    case "attempt":
      return event.transcript === undefined
        ? []
        : [{ ...event.transcript, what: `transcript of attempt ${event.attempt ?? "?"}` }];
    case "checks":
      return event.evidence === undefined
        ? []
        : [
            {
              ...event.evidence,
              what: `output of checks that ${event.passed ? "passed" : "failed"}`,
            },
          ];
    case "look":
      return [{ ...event.report, what: `report of a look: ${event.verdict}` }];
    case "commit":
      return event.diff === undefined ? [] : [{ ...event.diff, what: "diff" }];
    case "review":
      return event.findings === undefined
        ? []
        : [{ ...event.findings, what: `findings of review ${event.round}` }];
    case "workspace":
    case "usage":
    case "pull-request":
    case "integrated":
    case "sandbox":
    case "note":
      return [];
  }
}
