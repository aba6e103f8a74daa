/** Changes of a plan, by a person at the plan gate or while a mission runs. Pure: from plan to plan. */
import { graphViolations } from "../plan-graph.js";
import type { MissionMode, OutcomeLevel } from "../mission.js";
import type { Plan, PlanFeature } from "../plan.js";
import { servesViolations } from "../plan-serves.js";
import { readPlan } from "../read-plan.js";
import { addFeature, changeFeature, dropFeatures, moveFeature } from "./edit-features.js";
import type { Orphans } from "./edit-links.js";
import { addMilestone, dropMilestone, moveMilestone, renameMilestone } from "./edit-milestones.js";
import { refused, usedIds } from "./edit-places.js";
import { mergeFeatures, splitFeature } from "./edit-split-merge.js";

/** Fields that are left out stay; a field that is given as undefined is taken away. */
export type FeatureChange = {
  [Field in "title" | "kind" | "agent" | "dependsOn" | "touches" | "checks"]?: PlanFeature[Field];
} & {
  [Field in "brief" | "commands" | "tier" | "size" | "model" | "serves" | "rewrites"]?:
    PlanFeature[Field] | undefined;
} & { estimate?: Partial<PlanFeature["estimate"]> };

/** Where among the features: in front of one, behind one, or last in a milestone. */
export type Where = { before: string } | { after: string } | { milestone: string };

export interface NewPart {
  title: string;
  /** Default: the title, or for a part of a split the brief of the whole. */
  brief?: string | undefined;
}

export type PlanEdit =
  | { kind: "add"; where: Where; part: NewPart; set?: FeatureChange | undefined }
  | { kind: "drop"; features: string[]; orphans?: Orphans | undefined }
  | { kind: "split"; feature: string; parts: NewPart[] }
  | { kind: "merge"; features: string[]; title?: string | undefined }
  | { kind: "move"; feature: string; where: Where }
  | { kind: "change"; feature: string; set: FeatureChange }
  | { kind: "mode"; mode: MissionMode }
  | { kind: "level"; level: OutcomeLevel }
  /** `position` is from 1; default: last. */
  | { kind: "add-milestone"; title: string; position?: number | undefined; parts: NewPart[] }
  | { kind: "drop-milestone"; milestone: string; orphans?: Orphans | undefined }
  | { kind: "move-milestone"; milestone: string; position: number }
  | { kind: "rename-milestone"; milestone: string; title: string };

/**
 * One edit. Ids of features that stay never change, needs and served checks are kept right.
 * @param everUsed ids of earlier versions of the plan, which are not given again.
 * @throws Problem with the reason and the remedy when it cannot be done; the plan given is never changed.
 */
export function applyEdit(plan: Plan, edit: PlanEdit, everUsed: Iterable<string> = []): Plan {
  const after = edited(plan, edit, usedIds(plan, everUsed));
  const [broken] = [...graphViolations(after), ...servesViolations(after)];
  if (broken !== undefined) throw refused(broken.sentence, broken.remedy);
  return after;
}

/**
 * All edits in turn, and then every rule of a plan.
 * @throws Problem as `applyEdit` and `readPlan`.
 */
export function editPlan(
  plan: Plan,
  edits: readonly PlanEdit[],
  everUsed: Iterable<string> = [],
): Plan {
  const used = usedIds(plan, everUsed);
  return readPlan(edits.reduce((before, edit) => applyEdit(before, edit, used), plan));
}

function edited(plan: Plan, edit: PlanEdit, used: ReadonlySet<string>): Plan {
  switch (edit.kind) {
    case "add":
      return addFeature(plan, edit, used);
    case "drop":
      return dropFeatures(plan, edit);
    case "split":
      return splitFeature(plan, edit, used);
    case "merge":
      return mergeFeatures(plan, edit);
    case "move":
      return moveFeature(plan, edit);
    case "change":
      return changeFeature(plan, edit);
    case "mode":
      return { ...plan, mode: edit.mode };
    case "level":
      return { ...plan, level: edit.level };
    case "add-milestone":
      return addMilestone(plan, edit, used);
    case "drop-milestone":
      return dropMilestone(plan, edit);
    case "move-milestone":
      return moveMilestone(plan, edit);
    case "rename-milestone":
      return renameMilestone(plan, edit);
  }
}

/** One sort of edit, for the functions that make it. */
export type EditOf<Kind extends PlanEdit["kind"]> = Extract<PlanEdit, { kind: Kind }>;
