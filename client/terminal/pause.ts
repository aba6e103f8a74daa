/** What a pause means for what is shown: who paused, why, and the command that ends it. */
import type { FeatureView, MissionSnapshot, StoryLine } from "../../domain/mission.js";
import { cleanLine } from "./clean.js";

type Seen = Pick<MissionSnapshot, "missionId" | "status" | "story" | "gates">;

/** As the mission tells a pause: what it does to attempts, then the reason that was given. */
const TOLD = /^pause: Nothing new starts; running (attempts end|slices finish)[^:]*(?:: (.*))?$/s;

/** The last that was said about pausing, where the story still has it and nobody resumed since. */
function lastPause({ story }: Seen): StoryLine | undefined {
  const told = story.filter(
    ({ kind, text }) => kind === "decision" && /^(?:pause|resume): /.test(text),
  );
  const last = told.at(-1);
  return last?.text.startsWith("pause: ") === true ? last : undefined;
}

/** Nothing where the mission is not paused, or only waits for an answer at a gate: that names its own commands. */
export function pauseLines(seen: Seen): string[] {
  const pause = lastPause(seen);
  if (seen.status !== "paused") return [];
  if (pause === undefined && seen.gates.some(({ pauses }) => pauses === true)) return [];
  const by =
    pause?.by === undefined ? "" : ` by ${cleanLine(`${pause.by.who} (${pause.by.from})`)}`;
  const [, , reason = ""] = TOLD.exec(pause?.text ?? "") ?? [];
  const why = reason === "" ? "" : `: ${cleanLine(reason)}`;
  return [`Paused${by}${why}`, `    npx missions resume ${cleanLine(seen.missionId)}`];
}

/** A feature at work when somebody paused ends after its call in flight, unless slices were to finish. */
export function statusShown(feature: FeatureView, seen: Seen): string {
  if (feature.status !== "running" || seen.status !== "paused") return feature.status;
  const [, how] = TOLD.exec(lastPause(seen)?.text ?? "") ?? [];
  return how === "attempts end" ? "paused, waits for resume" : feature.status;
}
