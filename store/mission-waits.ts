/** What a mission waits for, above everything else in its mission.md: made when a gate opens, gone when the last one is closed. */
import { answerWords } from "../domain/gate-answer.js";
import type { Gate } from "../domain/mission.js";
import { escapeInline, oneLine, shorten } from "./markdown-text.js";
import type { MissionSlots } from "./mission-slots.js";
import { planDigest as digestOf } from "./plan-block.js";
import { type Edit, withEndings } from "./text-edits.js";

const FIELD = "open gates";
const SHOWN = 20;
const QUESTION = 2_000;
const TYPED = /^[A-Za-z0-9._-]+$/;

interface Fields {
  before: ReadonlyMap<string, string>;
  after: Map<string, string>;
}

/** What a person edited stays and is said; what they deleted comes back with the next gate. */
export function settleWaits(
  text: string,
  { waits: found, sections }: MissionSlots,
  { before, after }: Fields,
  missionId: string,
  gates: readonly Gate[],
): { edits: Edit[]; edited: { field: string; found: string }[] } {
  const last = before.get(FIELD);
  const block = gates.length === 0 ? "" : blockOf(missionId, gates);
  const digest = digestOf(block);
  if (found !== undefined) {
    const isOurs = last === undefined || digestOf(text.slice(found.start, found.end)) === last;
    if (!isOurs) return { edits: [], edited: [{ field: FIELD, found: "(edited)" }] };
    // With the empty line that follows it.
    const [gap = ""] = /^(?:\r?\n){0,2}/.exec(text.slice(found.end)) ?? [];
    const end = block === "" ? found.end + gap.length : found.end;
    note(after, block, digest);
    if (digest === last) return { edits: [], edited: [] };
    return { edits: [{ start: found.start, end, text: withEndings(text, block) }], edited: [] };
  }
  const at = sections.get("origin")?.heading.start ?? sections.get("milestones")?.heading.start;
  const isDeleted = digest === last;
  if (block === "") after.delete(FIELD);
  if (block === "" || isDeleted || at === undefined) return { edits: [], edited: [] };
  note(after, block, digest);
  return { edits: [{ start: at, end: at, text: withEndings(text, `${block}\n\n`) }], edited: [] };
}

function note(after: Map<string, string>, block: string, digest: string): void {
  if (block === "") after.delete(FIELD);
  else after.set(FIELD, digest);
}

function blockOf(missionId: string, gates: readonly Gate[]): string {
  const more = gates.length - SHOWN;
  return [
    "<!-- waits for you -->",
    ...gates.slice(0, SHOWN).map((gate) => gateText(missionId, gate)),
    ...(more > 0 ? [`And ${more} more: \`npx missions status ${missionId}\``] : []),
    "<!-- end of waits for you -->",
  ].join("\n\n");
}

function gateText(missionId: string, gate: Gate): string {
  const since = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.exec(gate.openedAt)?.[0].replace("T", " ") ?? "?";
  const answers = gate.options.map(({ choice, means }) => {
    const words = answerWords(missionId, gate, choice);
    const isTyped = words.every((word) => TYPED.test(word));
    const command = isTyped ? words.join(" ") : `status ${missionId}`;
    return `- \`npx missions ${command}\`: ${escapeInline(shorten(oneLine(means), 300))}`;
  });
  const question = escapeInline(shorten(oneLine(gate.question), QUESTION));
  return [`**Waits for you** since ${since} UTC: ${question}`, answers.join("\n")].join("\n\n");
}
