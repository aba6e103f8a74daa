/** Features at work that a new plan ends, and where what they did so far stays. */
import type { MissionMode } from "../../domain/mission.js";
import type { Plan } from "../../domain/plan.js";
import {
  stoppedFeatures,
  type Progress,
  type StoppedFeature,
} from "../../domain/planning/edit-begun.js";
import type { EnginePaths } from "../../store/engine-paths.js";
import { readFeatureEvents } from "../../store/feature-record.js";
import { workspacePaths } from "../../store/workspace-paths.js";

export interface Stop extends StoppedFeature {
  /** Folder of its work on the host that does it; undefined where it has none on record. */
  workspace?: string;
  hostId?: string;
  /** Last commit of it, where it has one. */
  commit?: string;
}

export async function readStops(
  paths: EnginePaths,
  missionId: string,
  plans: { before: Plan; after: Plan },
  progress: Progress,
): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (const stopped of stoppedFeatures(plans.before, plans.after, progress)) {
    const events = await readFeatureEvents(paths.features, missionId, stopped.id);
    const place = events.findLast((event) => event.kind === "workspace");
    const made = events.findLast((event) => event.kind === "commit");
    stops.push({
      ...stopped,
      ...(place?.kind === "workspace"
        ? { workspace: workspacePaths(paths.workspaces, place.name).tree, hostId: place.hostId }
        : {}),
      ...(made?.kind === "commit" ? { commit: made.commit } : {}),
    });
  }
  return stops;
}

/** A POC mission has one workspace, which the next feature takes over. */
export function stopLines(missionId: string, mode: MissionMode, stops: readonly Stop[]): string[] {
  const until = mode === "poc" ? "the next feature begins" : "the mission ends";
  return stops.map(({ id, title, then, workspace, commit }) => {
    const next = then === "drop" ? "and is dropped" : "and begins anew as the new plan says";
    const where = [
      ...(workspace === undefined ? [] : [`in ${workspace} until ${until}`]),
      ...(commit === undefined ? [] : [`as commit ${commit.slice(0, 10)}`]),
      `in its transcript (npx missions transcript ${missionId} ${id})`,
    ];
    return `Feature ${id} ${title} stops after its call in flight ${next}; its work so far stays ${where.join(" and ")}.`;
  });
}
