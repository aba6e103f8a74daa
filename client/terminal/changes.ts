/** What is new between two snapshots, one plain line each: the live view where nothing can be redrawn. Pure. */
import type { MissionSnapshot } from "../../domain/mission.js";
import { formatUsd } from "../../domain/money.js";
import { gateAnswers } from "../gate-commands.js";
import { cleanLine } from "./clean.js";

/** Lines for everything that changed; for the first snapshot, where it stands. */
export function changesBetween(
  before: MissionSnapshot | undefined,
  now: MissionSnapshot,
): string[] {
  const lines: string[] = [];
  if (before === undefined) {
    lines.push(`${now.missionId} ${cleanLine(now.title)}: ${now.status}`);
  } else if (before.status !== now.status) {
    lines.push(`mission is ${now.status}`);
  }
  const oldMilestones = new Map(before?.milestones.map((one) => [one.id, one.status]));
  for (const { id, title, status, featuresDone, featuresTotal } of now.milestones) {
    if (status !== (oldMilestones.get(id) ?? "pending")) {
      lines.push(
        `milestone ${id} ${cleanLine(title)}: ${status}, ${featuresDone}/${featuresTotal} features`,
      );
    }
  }
  const oldFeatures = new Map(before?.features.map((one) => [one.id, one]));
  for (const feature of now.features) {
    const old = oldFeatures.get(feature.id);
    if (old?.status === feature.status && old.note === feature.note) continue;
    if (old === undefined && feature.status === "pending") continue;
    const note = feature.note === undefined ? "" : `: ${cleanLine(feature.note)}`;
    const spent = feature.status === "done" ? `, ${formatUsd(feature.spent.microUsd)}` : "";
    lines.push(
      `feature ${feature.id} ${cleanLine(feature.title)}: ${feature.status}${note}${spent}`,
    );
  }
  const oldGates = new Set(before?.gates.map(({ id }) => id));
  for (const gate of now.gates.filter(({ id }) => !oldGates.has(id))) {
    lines.push(`waits for you: ${cleanLine(gate.question)}`);
    for (const { command, means } of gateAnswers(now.missionId, gate)) {
      lines.push(`    ${cleanLine(command)}  (${cleanLine(means)})`);
    }
  }
  const oldStory = new Set(before?.story.map(({ seq }) => seq));
  for (const { seq, kind, text } of now.story) {
    if (!oldStory.has(seq)) lines.push(`${kind}: ${cleanLine(text)}`);
  }
  const pct = (snapshot: MissionSnapshot) => Math.floor(snapshot.budget.usedPct / 10);
  if (before !== undefined && pct(before) !== pct(now)) {
    lines.push(
      `budget: ${now.budget.usedPct}% used (${now.budget.tightest}), ${formatUsd(now.budget.spent.microUsd)} spent`,
    );
  }
  return lines;
}
