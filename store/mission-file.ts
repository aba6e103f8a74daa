/** mission.md as the projection of a mission: only values of ours that changed are written; everything else stays byte for byte. */
import type { MissionFileInput } from "../domain/work.js";
import { type HandEdit, handEdit } from "./hand-edits.js";
import { escapeInline } from "./markdown-text.js";
import { applyEdits, type Edit, withEndings } from "./text-edits.js";
import { acceptedBullets, type ExitSection, settleExits } from "./mission-exits.js";
import { bringInPlan, isPlanEdited, type Replanned } from "./mission-file-plan.js";
import { FEATURE_COLUMNS, type MissionSlots, type Slot, slotsOf } from "./mission-slots.js";
import {
  type Bullet,
  BULLET_SECTIONS,
  bulletKeys,
  bulletPlace,
  fileBullets,
  resultBullet,
  storyBullet,
} from "./mission-story.js";
import { untouchedValue, type Values, wantedValues } from "./mission-values.js";
import { settleWaits } from "./mission-waits.js";

export { createMissionFile } from "./mission-file-create.js";

type Projected = Record<string, string>;

export interface Projection {
  text: string;
  /** Values by field as last written, to be handed in with the next projection. */
  projected: Projected;
  handEdits: HandEdit[];
}

interface Work {
  text: string;
  input: MissionFileInput;
  slots: MissionSlots;
  /** By field, as last written. A person's edit is what differs from it. */
  before: ReadonlyMap<string, string>;
  after: Map<string, string>;
  edits: Edit[];
  handEdits: HandEdit[];
}

/** How many keys of bullets are remembered, so that one which a person deleted does not come back. */
const KEYS_KEPT = 500;

/**
 * Safe to repeat. With an empty `projected` (the record is lost) the file's own values count as last written.
 * @param replanned given when the plan changed: rows of new features and the plan's block are brought in.
 * @param exits reports that the file may not show yet; all of them with the mission's result.
 */
export function projectMissionFile(
  text: string,
  input: MissionFileInput,
  projected: Projected,
  replanned?: Replanned,
  exits: readonly ExitSection[] = [],
): Projection {
  if (replanned !== undefined) {
    const planned = bringInPlan(text, projected, replanned);
    return projectMissionFile(planned.text, input, planned.projected, undefined, exits);
  }
  const slots = slotsOf(text);
  const before = new Map(Object.entries(projected));
  if (before.size === 0) for (const [field, { found }] of slots.values) before.set(field, found);
  const after = new Map(before);
  const work: Work = { text, input, slots, before, after, edits: [], handEdits: [] };
  settleValues(work, wantedValues(input));
  const fields = { before, after };
  for (const { edits, edited } of [
    settleExits(text, slots, fields, exits),
    settleWaits(text, slots, fields, input.missionId, input.gates),
  ]) {
    work.edits.push(...edits);
    for (const { field, found } of edited)
      work.handEdits.push(handEdit(input.missionId, field, found));
  }
  appendBullets(work, exits);
  return {
    text: applyEdits(text, work.edits),
    projected: Object.fromEntries(work.after),
    handEdits: work.handEdits,
  };
}

/** Values of an earlier file, put into one that was just made again. */
export function carryOver(
  made: { text: string; projected: Projected },
  earlier: Projected,
): { text: string; projected: Projected } {
  const edits: Edit[] = [];
  const after = new Map(Object.entries(made.projected));
  for (const [field, slot] of slotsOf(made.text).values) {
    const value = earlier[field];
    if (value === undefined) continue;
    after.set(field, value);
    if (value !== slot.found) edits.push(editOf(slot, value));
  }
  return { text: applyEdits(made.text, edits), projected: Object.fromEntries(after) };
}

function settleValues(work: Work, wanted: Values): void {
  const { slots, before, after, edits, input } = work;
  for (const [field, slot] of slots.values) {
    const last = before.get(field) ?? untouchedValue(field) ?? slot.found;
    const want = wanted.get(field) ?? last;
    if (slot.found !== want && slot.found !== last) {
      work.handEdits.push(handEdit(input.missionId, field, slot.found));
      continue;
    }
    if (slot.found !== want) edits.push(editOf(slot, want));
    if (want === untouchedValue(field)) after.delete(field);
    else after.set(field, want);
  }
  reportMissing(work, wanted);
}

function editOf({ start, end, before, after, syntax }: Slot, value: string): Edit {
  const written = syntax === "yaml" ? yamlScalar(value) : escapeInline(value);
  return { start, end, text: start === end ? `${before}${written}${after}` : written };
}

const yamlScalar = (value: string) => {
  if (value === "") return "null";
  return /^[\w][\w.:+-]*$/.test(value) ? value : JSON.stringify(value);
};

/** What a person removed is not put back; it is said once for each block that is gone. */
function reportMissing({ text, slots, before, handEdits, input }: Work, wanted: Values): void {
  const report = (field: string, found: string) =>
    handEdits.push(handEdit(input.missionId, field, found));
  if (slots.frontmatterFault !== undefined) report("frontmatter", slots.frontmatterFault);
  const plan = isPlanEdited(text, slots, before);
  if (plan !== undefined) report("plan", plan);
  const lost = new Set<string>();
  for (const field of new Set([...before.keys(), ...wanted.keys()])) {
    if (slots.values.has(field)) continue;
    if (/^feature | status$/.test(field)) continue; // by row below, by heading here
    if (field.startsWith("budget table ")) lost.add("budget table");
    else if (
      slots.frontmatterFault === undefined &&
      /^(?:budget\.|started$|completed$)/.test(field)
    )
      lost.add(field);
  }
  if (slots.frontmatterFault === undefined && !slots.values.has("status")) lost.add("status");
  const rows = [...before.keys()].filter((field) => field.endsWith(" rows"));
  const ids: string[] = [];
  for (const field of rows) {
    if (!slots.values.has(field.replace(/rows$/, "status"))) lost.add(field.replace(/ rows$/, ""));
    ids.push(...(before.get(field) ?? "").split(" ").filter((id) => id !== ""));
  }
  for (const name of BULLET_SECTIONS) if (!slots.sections.has(name)) lost.add(`section ${name}`);
  for (const field of lost) report(field, "(deleted)");
  const gone = ids.filter((id) => !slots.rows.has(id));
  if (gone.length > 3) report("features", `(${gone.length} rows deleted)`);
  else for (const id of gone) report(`feature ${id}`, "(deleted)");
  const [row] = slots.rows;
  for (const column of row === undefined ? [] : FEATURE_COLUMNS) {
    if (!slots.values.has(`feature ${row ?? ""} ${column}`))
      report(`column ${column}`, "(deleted)");
  }
}

function appendBullets(work: Work, exits: readonly ExitSection[]): void {
  const { text, input, slots, before, after, edits } = work;
  const inFile = bulletKeys(text, slots);
  const keys = new Set((before.get("bullets") ?? "").split("\n").filter((key) => key !== ""));
  const bullets = [...input.features.flatMap(fileBullets), ...input.story.map(storyBullet)];
  if (input.result !== undefined)
    bullets.push(
      resultBullet(input.generation, input.result),
      ...acceptedBullets(input.generation, exits),
    );
  const bySection = new Map<string, Bullet[]>();
  for (const bullet of bullets) {
    if (keys.has(bullet.key)) continue;
    if (!slots.sections.has(bullet.section)) continue;
    keys.add(bullet.key);
    if (inFile.has(bullet.key)) continue;
    const some = bySection.get(bullet.section);
    if (some === undefined) bySection.set(bullet.section, [bullet]);
    else some.push(bullet);
  }
  for (const [section, some] of bySection) {
    const place = bulletPlace(text, slots, section);
    if (place === undefined) continue;
    const content = `${"\n".repeat(place.gap)}${some.map((bullet) => bullet.text).join("\n")}${"\n".repeat(place.after)}`;
    edits.push({ start: place.at, end: place.at, text: withEndings(text, content) });
  }
  if (keys.size > 0) after.set("bullets", [...keys].slice(-KEYS_KEPT).join("\n"));
}
