/** In which order the engine's own scheduler would run a milestone, and so what each feature waits for. */
import { outlineOf } from "../outline.js";
import type { AtOnce, FeatureStatus } from "../mission.js";
import type { Plan, PlanMilestone } from "../plan.js";
import { startable, type ScheduleInput } from "../schedule.js";

export interface RunStep {
  id: string;
  /** Features whose end lets this one start: what it depends on (also outside the milestone), and what had its place or paths. */
  after: string[];
}

/** @param lastsMs likely duration by feature id. @returns every feature once, each behind those that it waits for. */
export function runOrder(
  milestone: PlanMilestone,
  { mode, workspace }: Pick<Plan, "mode" | "workspace">,
  atOnce: AtOnce,
  lastsMs: (id: string) => number,
): RunStep[] {
  const { features } = outlineOf(milestone);
  const dependsOn = new Map(features.map((feature) => [feature.id, feature.dependsOn]));
  const statuses: Record<string, FeatureStatus> = {};
  const overlaps = workspace === "git";
  const input: ScheduleInput = { features, statuses, atOnce, mode, overlaps };
  const steps: RunStep[] = [];
  const endsAt = new Map<string, number>();
  let now = 0;
  let ended: string[] = [];
  for (;;) {
    const started = startable(input, features.length);
    for (const id of started) {
      statuses[id] = "running";
      endsAt.set(id, now + lastsMs(id));
      steps.push({ id, after: [...ended, ...(dependsOn.get(id) ?? [])] });
    }
    if (endsAt.size === 0) break;
    now = Math.min(...endsAt.values());
    ended = [...endsAt].filter(([, end]) => end <= now).map(([id]) => id);
    for (const id of ended) {
      statuses[id] = "done";
      endsAt.delete(id);
    }
  }
  // A cycle is a fault of the plan that its rules name; here it only must not hide hours.
  for (const { id } of features.filter((feature) => statuses[feature.id] === undefined)) {
    const last = steps.at(-1);
    steps.push({ id, after: last === undefined ? [] : [last.id] });
  }
  return steps;
}
