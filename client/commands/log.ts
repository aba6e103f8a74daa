import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { StoryLine } from "../../domain/mission.js";
import { EXIT } from "../../domain/problem.js";
import { readFeatureEvents } from "../../store/feature-record.js";
import { readStory } from "../../store/mission-story.js";
import type { Context } from "../context.js";
import { eventLine } from "../feature-events.js";
import { findRecord } from "../find-mission.js";
import { featuresOf, findFeature, readMissionPlan } from "../mission-plan.js";
import { cleanLine } from "../terminal/clean.js";

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
  const story = wanted === undefined ? await storyIn(record.folder) : [];
  output.answer({ missionId: record.missionId, story, events }, [
    ...(story.length > 0 ? [output.style.bold("Story")] : []),
    ...story.map(storyLine),
    ...(story.length > 0 && events.length > 0 ? ["", output.style.bold("Features")] : []),
    ...events.map((event) => eventLine(event, event.feature)),
    ...(events.length === 0 ? ["No feature has been worked on by this host."] : []),
  ]);
  return EXIT.ok;
}

/** The story in mission.md by the hour, whichever section a line is in. */
async function storyIn(folder: string): Promise<StoryLine[]> {
  const text = await readFile(join(folder, "mission.md"), "utf8").catch(() => "");
  return readStory(text).sort((a, b) => a.at.localeCompare(b.at));
}

const storyLine = ({ at, kind, text, by }: StoryLine) =>
  cleanLine(
    `${at.slice(0, 19).replace("T", " ")} ${kind}: ${text}${by === undefined ? "" : ` (${by.who}, ${by.from})`}`,
  );
