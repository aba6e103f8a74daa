/** The picture of the live view: what the real renderer makes of a recorded snapshot. Pure. */
import { renderFrame } from "../client/terminal/frame.js";
import { COLOURS } from "../client/terminal/style.js";
import type { MissionSnapshot } from "../domain/mission.js";
import { terminalSvg } from "./terminal-svg.js";

/** `docs/pictures/live-view.json`. */
export interface Recording {
  /** When the snapshot was taken, ISO 8601. */
  recordedAt: string;
  webUi: string;
  snapshot: MissionSnapshot;
}

const COLUMNS = 100;
const ROWS = 40;

export function drawLiveView({ recordedAt, webUi, snapshot }: Recording): string {
  const lines = renderFrame(snapshot, {
    width: COLUMNS,
    height: ROWS,
    now: new Date(recordedAt),
    style: COLOURS,
    demo: true,
    webUi,
  });
  return terminalSvg(lines, {
    columns: COLUMNS,
    title: `The live view of the mission "${snapshot.title}": milestones, features and spend against budget`,
  });
}
