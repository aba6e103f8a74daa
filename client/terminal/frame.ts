/** The live view as text: a pure function of the snapshot, the size of the screen and the time. */
import type { FeatureView, Gate, MissionSnapshot } from "../../domain/mission.js";
import { formatDuration, formatUsd } from "../../domain/money.js";
import { gateAnswers } from "../gate-commands.js";
import { budgetLines, deadlineLines } from "./budget-bars.js";
import { cleanLine } from "./clean.js";
import { pauseLines, statusShown } from "./pause.js";
import { NO_STYLE, type Style } from "./style.js";
import { column, displayWidth, fit, wrap } from "./width.js";

export interface FrameOptions {
  width: number;
  /** Rows; lists are cut to fit, gates and budget never are. */
  height?: number;
  now: Date;
  webUi?: string;
  style?: Style;
  /** Shown below the title, e.g. that the worker does not answer. */
  notice?: string;
  /** Open gates were told before the frame. */
  gatesTold?: boolean;
  /** The model's replies are canned. */
  demo?: boolean;
}

/** A manual feature's question names its workspace, which must be seen. */
const QUESTION_LINES = 4;

const MILESTONE_MARK = {
  pending: "·",
  active: "▸",
  validating: "◆",
  blocked: "✗",
  done: "✓",
  cancelled: "-",
} as const;
const FEATURE_MARK = {
  pending: "·",
  queued: "…",
  running: "▸",
  waiting: "…",
  integrating: "⇢",
  done: "✓",
  blocked: "✗",
  skipped: "-",
  cancelled: "-",
} as const;
/** What a person wants to see first. */
const ORDER: FeatureView["status"][] = [
  "blocked",
  "running",
  "integrating",
  "waiting",
  "queued",
  "pending",
  "done",
  "skipped",
  "cancelled",
];

export function ago(iso: string, now: Date): string {
  const ms = now.getTime() - Date.parse(iso);
  return Number.isFinite(ms)
    ? formatDuration(Math.max(0, ms - (ms % 1_000))).replace("0 ms", "0 s")
    : "?";
}

const paint = (status: string, style: Style) =>
  status === "done" || status === "completed"
    ? style.green
    : status === "blocked" || status === "failed"
      ? style.red
      : status === "running" || status === "active" || status === "validating"
        ? style.cyan
        : style.dim;

/** Lines of at most `width` columns but for commands and addresses, which stay whole; control characters of outside text are removed. */
export function renderFrame(snapshot: MissionSnapshot, options: FrameOptions): string[] {
  const width = Math.max(30, options.width);
  const style = options.style ?? NO_STYLE;
  const head = [
    ...title(snapshot, width, style, options),
    ...pauseLines(snapshot).map((line, at) => style.yellow(at === 0 ? fit(line, width) : line)),
    ...(options.gatesTold === true ? [] : gateLines(snapshot, width, style, options)),
  ];
  const budget = [
    "",
    ...budgetLines(snapshot.budget, width, style),
    ...deadlineLines(snapshot.deadline, { width, now: options.now, style }),
  ];
  // An address that is cut opens nothing.
  const foot = options.webUi === undefined ? [] : ["", `Web UI ${options.webUi}`];
  const milestones = milestoneLines(snapshot, width, style);
  const features = featureLines(snapshot, width, style);
  const story = storyLines(snapshot, width, style);
  const footRows = foot.reduce((rows, line) => rows + rowsOf(line, width), 0);
  const room = (options.height ?? 1_000) - head.length - budget.length - footRows;
  return [
    ...head,
    ...budget,
    ...fill(room, [
      { title: "Milestones", lines: milestones, least: 3 },
      { title: "Features", lines: features, least: 3 },
      { title: "Story", lines: story, least: 2, keep: "last" },
    ]),
    ...foot,
  ];
}

const rowsOf = (line: string, width: number) => Math.max(1, Math.ceil(displayWidth(line) / width));

function title(
  snapshot: MissionSnapshot,
  width: number,
  style: Style,
  options: FrameOptions,
): string[] {
  const right = `${snapshot.status} · ${snapshot.missionId}`;
  const left = fit(cleanLine(snapshot.title), width - displayWidth(right) - 2);
  const gap = " ".repeat(Math.max(2, width - displayWidth(left) - displayWidth(right)));
  return [
    `${style.bold(left)}${gap}${paint(snapshot.status, style)(right)}`,
    ...(options.demo === true
      ? [style.yellow(fit("Demo: the model's replies are canned; everything else is real.", width))]
      : []),
    ...(options.notice === undefined ? [] : [style.yellow(fit(cleanLine(options.notice), width))]),
  ];
}

function gateLines(
  snapshot: MissionSnapshot,
  width: number,
  style: Style,
  { now }: FrameOptions,
): string[] {
  return snapshot.gates.flatMap((gate: Gate) => [
    "",
    ...wrap(
      `? Waits for you since ${ago(gate.openedAt, now)}: ${cleanLine(gate.question)}`,
      width,
      QUESTION_LINES,
    ).map(style.yellow),
    // Commands are never cut: they must work when copied.
    ...gateAnswers(snapshot.missionId, gate).map(({ command, means }) => {
      const typed = cleanLine(command);
      const meaning = fit(cleanLine(means), width - displayWidth(typed) - 6);
      return `    ${style.bold(typed)}${meaning === "" ? "" : `  ${style.dim(meaning)}`}`;
    }),
  ]);
}

const milestoneLines = (snapshot: MissionSnapshot, width: number, style: Style) =>
  snapshot.milestones.map((milestone) => {
    const count = `${milestone.featuresDone}/${milestone.featuresTotal}`.padStart(7);
    const note = milestone.note === undefined ? "" : `: ${cleanLine(milestone.note)}`;
    const name = column(`${milestone.id} ${cleanLine(milestone.title)}`, Math.min(40, width - 22));
    const line = fit(
      ` ${MILESTONE_MARK[milestone.status]} ${name} ${count}  ${milestone.status}${note}`,
      width,
    );
    return paint(milestone.status, style)(line);
  });

const featureLines = (snapshot: MissionSnapshot, width: number, style: Style) =>
  [...snapshot.features]
    .sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status))
    .map((feature) => {
      const name = column(`${feature.id} ${cleanLine(feature.title)}`, Math.min(40, width - 22));
      const detail = [
        statusShown(feature, snapshot) +
          (feature.note === undefined ? "" : `: ${cleanLine(feature.note)}`),
        ...(feature.attempts > 1 ? [`attempt ${feature.attempts}`] : []),
        ...(feature.spent.microUsd > 0 ? [formatUsd(feature.spent.microUsd)] : []),
      ].join(" · ");
      return paint(
        feature.status,
        style,
      )(fit(` ${FEATURE_MARK[feature.status]} ${name} ${detail}`, width));
    });

const storyLines = (snapshot: MissionSnapshot, width: number, style: Style) =>
  snapshot.story.map((line) =>
    style.dim(fit(` ${clockOf(line.at)} ${cleanLine(line.text)}`, width)),
  );

/** Local time of day. */
export function clockOf(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? "--:--"
    : `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}

interface Section {
  title: string;
  lines: string[];
  least: number;
  keep?: "last";
}

/** Shares the rows that are left: each section gets its least, then the first ones what they ask for. */
function fill(room: number, sections: Section[]): string[] {
  const shown = sections.filter(({ lines }) => lines.length > 0);
  let free =
    room - shown.reduce((sum, { lines, least }) => sum + Math.min(lines.length, least) + 2, 0);
  return shown.flatMap(({ title: name, lines, least, keep }) => {
    const extra = Math.max(0, Math.min(lines.length - Math.min(lines.length, least), free));
    free -= extra;
    const count = Math.min(lines.length, least) + extra;
    if (count === lines.length) return ["", name, ...lines];
    if (keep === "last") return ["", name, ...lines.slice(lines.length - count)];
    const kept = lines.slice(0, Math.max(1, count - 1));
    return ["", name, ...kept, `   and ${lines.length - kept.length} more`];
  });
}
