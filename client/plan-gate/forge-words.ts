/** What a changed plan means for pull requests: the forge is chosen at the start, and the record keeps it. */
import type { Plan } from "../../domain/plan.js";
import type { MissionRecord } from "../../store/mission-record.js";
import { missionsCommand } from "../shell-words.js";

/** Nothing where the change leaves pull requests as they are. */
export function forgeLinesOfChange(
  { missionId, forge }: Pick<MissionRecord, "missionId" | "forge">,
  before: Plan,
  after: Plan,
): string[] {
  if (after.mode !== "full" || after.workspace !== "git") return [];
  const wants = after.forge !== before.forge && after.forge !== (forge?.kind ?? "local");
  const begins = before.mode !== "full";
  if (!begins && !wants) return [];
  if (forge !== undefined)
    return [`Pull requests stay with ${forge.project} on ${forge.host}, chosen at the start.`];
  const command = missionsCommand("plan", "show", missionId, "--yaml");
  return [
    `Pull requests stay in reviews/ of the mission folder: the forge is chosen at the start. For one on a server start another mission; ${command} writes the plan.`,
  ];
}
