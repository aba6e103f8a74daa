/** What a gate asks of the person who does a feature: what to do, where, and what is looked at afterwards. */
import { cleanLine } from "./clean-text.js";
import { cutToBytes } from "./cut-to-bytes.js";
import type { Check, PlanFeature } from "./plan.js";

/** An activity's result stays under 2 kB. */
const BYTES = 1_600;
const CHECKS_NAMED = 6;

export interface ManualPlace {
  /** The workspace as the person can open it. */
  folder: string;
  hostId: string;
  /** False for a plain folder without git. */
  isClone: boolean;
}

export function manualQuestion(
  feature: Pick<PlanFeature, "id" | "title" | "brief" | "checks">,
  place: ManualPlace,
): string {
  const { id, title, brief = "", checks } = feature;
  const what = place.isClone
    ? "a clone at the head of the mission's branch; leave your changes there, committed or not"
    : "a plain folder";
  const seen = checks.filter(({ verify }) => verify.method === "person");
  const run = checks.filter(({ verify }) => verify.method !== "person");
  const parts = [
    `Feature ${id} is a person's to do: ${cleanLine(title, 160)}.`,
    `Where: ${place.folder} on host ${place.hostId}, ${what}.`,
    cleanLine(brief, 400),
    ...(run.length === 0 ? [] : [`On done the engine checks: ${listed(run)}.`]),
    ...(seen.length === 0 ? [] : [`By your word alone: ${listed(seen)}.`]),
  ];
  const text = parts.filter((part) => part !== "").join(" ");
  const whole = cutToBytes(text, BYTES);
  return whole === text ? text : `${whole}…`;
}

function listed(checks: Check[]): string {
  const named = checks
    .slice(0, CHECKS_NAMED)
    .map(({ id, sentence, verify }) =>
      verify.method === "bash"
        ? `${id} ${plain(sentence)} (${cleanLine(verify.run, 80)})`
        : `${id} ${plain(sentence)}`,
    );
  const more = checks.length - named.length;
  return `${named.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

const plain = (sentence: string) => cleanLine(sentence, 120).replace(/\.$/, "");
