/** Follows one mission until it ends or the person leaves; the mission itself never notices. */
import type { Client } from "@temporalio/client";
import type { MissionSnapshot } from "../domain/mission.js";
import { EXIT, Problem, type ExitCode } from "../domain/problem.js";
import type { Context } from "./context.js";
import { webUiLink } from "./context.js";
import { hasEnded } from "./mission-id.js";
import { describe, snapshot } from "./missions.js";
import { changesBetween } from "./terminal/changes.js";
import { renderFrame } from "./terminal/frame.js";
import { createScreen } from "./terminal/screen.js";

/** ms between two looks: fast while something moves, slower while nothing does. */
const LOOK_MS = { least: 1_000, most: 5_000 };
/** After this many looks without a change the next ones come slower. */
const STILL_LOOKS = 30;

export interface Ending {
  how: "ended" | "left";
  last?: MissionSnapshot;
}

export interface FollowOptions {
  demo?: boolean;
  /** Print nothing while following. */
  quiet?: boolean;
  /** Stop when this is true of what is seen, e.g. at a gate that nobody here will answer. */
  until?: (seen: MissionSnapshot) => boolean;
}

/** Draws on a terminal, prints changes elsewhere, JSON lines with --json. */
export async function followMission(
  context: Context,
  client: Client,
  missionId: string,
  options: FollowOptions = {},
): Promise<Ending> {
  const { output } = context;
  const webUi = await webUiLink(context, missionId);
  const screen = output.live
    ? createScreen(output.write, () => ({ columns: output.columns(), rows: output.rows() }))
    : undefined;
  const leaving = new AbortController();
  const leave = () => {
    leaving.abort();
  };
  process.on("SIGINT", leave);
  let last: MissionSnapshot | undefined;
  let shown = "";
  let notice: string | undefined;
  let still = 0;
  const show = (seen: MissionSnapshot) => {
    const now = JSON.stringify(seen);
    still = now === shown ? still + 1 : 0;
    if (options.quiet === true) shown = now;
    if (screen !== undefined) draw(seen);
    else if (now !== shown && output.json) output.jsonLine(seen);
    else if (now !== shown) for (const line of changesBetween(last, seen)) output.line(line);
    shown = now;
    last = seen;
  };
  const draw = (seen: MissionSnapshot) => {
    screen?.draw(
      renderFrame(seen, {
        width: output.columns(),
        height: output.rows() - 1,
        now: new Date(),
        style: output.style,
        demo: options.demo === true,
        ...(webUi === undefined ? {} : { webUi }),
        ...(notice === undefined ? {} : { notice }),
      }),
    );
  };
  const unanswered = async (error: unknown): Promise<boolean> => {
    if (!(error instanceof Problem) || error.exitCode !== EXIT.noServer) throw error;
    if (notice === undefined && screen === undefined) output.note(error.message);
    notice = `${error.message} ${error.remedy}`;
    if (last !== undefined && screen !== undefined) draw(last);
    // Without a worker nobody can answer a query, but the server knows whether the workflow has ended.
    const run = await describe(client, missionId).catch(() => undefined);
    return run?.open === false;
  };
  try {
    while (!leaving.signal.aborted) {
      let ended: boolean;
      try {
        const seen = await snapshot(client, missionId);
        notice = undefined;
        show(seen);
        ended =
          hasEnded(seen.status) || (still % 10 === 9 && !(await describe(client, missionId)).open);
        if (options.until?.(seen) === true) return { how: "left", last: seen };
      } catch (error) {
        ended = await unanswered(error);
      }
      if (ended) return { how: "ended", ...(last === undefined ? {} : { last }) };
      await pause(still < STILL_LOOKS ? LOOK_MS.least : LOOK_MS.most, leaving.signal);
    }
    return { how: "left", ...(last === undefined ? {} : { last }) };
  } finally {
    process.off("SIGINT", leave);
    screen?.end();
  }
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });

/** How to come back, for Ctrl-C and --detach. */
export const wayBack = (missionId: string) => [
  `Mission ${missionId} goes on.`,
  `  return  npx missions watch ${missionId}`,
  `  pause   npx missions pause ${missionId}`,
  `  cancel  npx missions cancel ${missionId}`,
];

/** Exit code for how it ended. */
export function codeOf(ending: Ending): ExitCode {
  if (ending.how === "left") return EXIT.interrupted;
  return ending.last?.status === "completed" ? EXIT.ok : EXIT.missionNotDone;
}
