/** A plan that changed while the mission runs: its block is replaced and new features get their rows. */
import type { Plan, PlanMilestone } from "../domain/plan.js";
import { milestoneText, rowIds, rowsField, rowText } from "./mission-file-create.js";
import { type MissionSlots, slotsOf } from "./mission-slots.js";
import { planDigest, planText } from "./plan-block.js";
import { applyEdits, type Edit, withEndings } from "./text-edits.js";

export interface Replanned {
  plan: Plan;
  planYaml: string;
}

/** What a person made of the plan's block; undefined when it is as we wrote it. */
export function isPlanEdited(
  text: string,
  { planBlock }: MissionSlots,
  projected: ReadonlyMap<string, string>,
): string | undefined {
  const last = projected.get("plan");
  if (last === undefined) return undefined;
  if (planBlock === undefined) return "(deleted)";
  const found = text.slice(planBlock.start, planBlock.end);
  return planDigest(found) === last ? undefined : "(edited)";
}

/** Rows that a person deleted stay away; rows of features that the new plan dropped stay, as they are part of the story. */
export function bringInPlan(
  text: string,
  projected: Record<string, string>,
  { plan, planYaml }: Replanned,
): { text: string; projected: Record<string, string> } {
  const slots = slotsOf(text);
  const after = new Map(Object.entries(projected));
  const edits: Edit[] = [];
  const { planBlock } = slots;
  const block = planText(planYaml);
  if (planBlock !== undefined && isPlanEdited(text, slots, after) === undefined) {
    edits.push({ start: planBlock.start, end: planBlock.end, text: withEndings(text, block) });
    after.set("plan", planDigest(block));
  }
  for (const milestone of plan.milestones) addRows(text, slots, after, edits, milestone);
  return { text: applyEdits(text, edits), projected: Object.fromEntries(after) };
}

function addRows(
  text: string,
  slots: MissionSlots,
  after: Map<string, string>,
  edits: Edit[],
  milestone: PlanMilestone,
): void {
  const field = rowsField(milestone.id);
  const known = new Set((after.get(field) ?? "").split(" ").filter((id) => id !== ""));
  const fresh = milestone.features.filter(({ id }) => !known.has(id) && !slots.rows.has(id));
  const section = slots.sections.get("milestones");
  if (section === undefined) return;
  const table = slots.milestones.get(milestone.id)?.table;
  if (!after.has(field) && !slots.milestones.has(milestone.id)) {
    const at = section.blocks.at(-1)?.end ?? section.heading.end;
    edits.push({ start: at, end: at, text: withEndings(text, `\n\n${milestoneText(milestone)}`) });
    after.set(`milestone ${milestone.id} status`, "pending");
  } else if (fresh.length > 0) {
    if (table === undefined) return;
    const content = fresh.map((feature) => `\n${rowText(feature)}`).join("");
    edits.push({ start: table.end, end: table.end, text: withEndings(text, content) });
  }
  after.set(field, [...new Set([...known, ...rowIds(milestone.features).split(" ")])].join(" "));
}
