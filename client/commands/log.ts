import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT } from "../../domain/problem.js";
import { readFeatureEvents } from "../../store/feature-record.js";
import type { Context } from "../context.js";
import { eventLine } from "../feature-events.js";
import { findRecord } from "../find-mission.js";
import { featuresOf, findFeature, readMissionPlan } from "../mission-plan.js";
import { cleanText } from "../terminal/clean.js";

const STORY = /^(?:Decisions|Progress|Recovery)/;

/** The story of the mission and what happened to its features, or to one; reads files only. */
export async function runLog(context: Context, typed: string[]) {
  const { output, paths } = context;
  const { record, others } = await findRecord(context, typed, {
    names: ["feature"],
    optional: true,
  });
  const plan = await readMissionPlan(paths, record);
  const [wanted] = others;
  const features =
    wanted === undefined ? featuresOf(plan) : [findFeature(plan, record.missionId, wanted)];
  const events = [];
  for (const { feature } of features) {
    const own = await readFeatureEvents(paths.features, record.missionId, feature.id);
    events.push(...own.map((event) => ({ feature: feature.id, ...event })));
  }
  events.sort((a, b) => a.at.localeCompare(b.at));
  const story = wanted === undefined ? await readStory(record.folder) : [];
  output.answer({ missionId: record.missionId, story, events }, [
    ...story.flatMap(({ section, lines }) => [output.style.bold(section), ...lines, ""]),
    ...(story.length > 0 && events.length > 0 ? [output.style.bold("Features")] : []),
    ...events.map(
      (event) => `${eventLine(event).slice(0, 21)}${event.feature}  ${eventLine(event).slice(21)}`,
    ),
    ...(events.length === 0 ? ["No feature has been worked on by this host."] : []),
  ]);
  return EXIT.ok;
}

/** Sections of mission.md that tell what happened, as they are written there. */
async function readStory(folder: string): Promise<{ section: string; lines: string[] }[]> {
  const text = await readFile(join(folder, "mission.md"), "utf8").catch(() => "");
  return text
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const [title = "", ...rest] = part.split("\n");
      const lines = rest.map((line) => cleanText(line).trimEnd()).filter((line) => line !== "");
      return { section: title.trim(), lines };
    })
    .filter(({ section, lines }) => STORY.test(section) && lines.length > 0);
}
