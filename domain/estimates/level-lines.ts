/** Outcome levels as people read them: a table for each provider, what is in and out, and the sentence that compares them. */
import { cleanLine } from "../clean-text.js";
import type { OutcomeLevel } from "../mission.js";
import { hoursFigure, rangeFigure, usdFigure } from "./figures.js";
import type { LevelEstimate, LevelTable } from "./levels.js";

export const LEVEL_NAMES: Record<OutcomeLevel, string> = {
  mvp: "MVP",
  production: "production-ready",
  polished: "polished",
};

const HEAD = ["  LEVEL", "MONEY", "HOURS", "TOKENS", "OF THE BUDGET", "CONFIDENCE"];
const TITLE_CHARACTERS = 80;
const LEAST_COLUMNS = 40;

/**
 * @param columns to which lines of text are wrapped.
 * @param tableColumns of the terminal; a table that is wider becomes a list. A file or pipe gets it whole.
 */
export function levelLines(
  tables: readonly LevelTable[],
  columns: number,
  tableColumns = Number.POSITIVE_INFINITY,
): string[] {
  const width = Math.max(LEAST_COLUMNS, columns);
  return tables.flatMap((table, at) => [
    ...(at > 0 ? [""] : []),
    `${cleanLine(table.provider, TITLE_CHARACTERS)}${table.local ? " (a model of your own)" : ""}`,
    ...aligned(
      table.levels.map((level) => rowOf(level, table)),
      tableColumns,
    ),
    ...table.levels.flatMap((level, position) => detailOf(level, position, table, width)),
    ...wrapped("  ", levelSentence(table), width),
  ]);
}

/** What other budgets would buy, with the figures of the levels. */
export function levelSentence({ levels, bought }: LevelTable): string {
  const offers = levels
    // A level that adds nothing to the one before is not something to pay for.
    .filter((level, at) => at === 0 || level.in.length > (levels[at - 1]?.in.length ?? 0))
    .map(({ total, level }) => {
      const money = total.microUsd.likely === 0 ? "no money" : usdFigure(total.microUsd.likely);
      return `for ${money} and ${hoursFigure(total.activeMs.likely)} you get ${LEVEL_NAMES[level]}`;
    });
  const text = offers.join("; ");
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  return bought === undefined
    ? `${sentence} The budget given is likely to buy none of them whole.`
    : `${sentence} The budget given buys ${LEVEL_NAMES[bought]}.`;
}

function rowOf({ level, total, fits, binding, confidence }: LevelEstimate, table: LevelTable) {
  const { currency, pct } = binding;
  return [
    `${table.bought === level ? "> " : "  "}${LEVEL_NAMES[level]}`,
    rangeFigure("money", total.microUsd),
    rangeFigure("time", total.activeMs),
    rangeFigure("tokens", total.tokens),
    `${fits ? "fits" : "too much"}: ${pct} % of the ${currency === "time" ? "hours" : currency}`,
    confidence,
  ];
}

function detailOf(
  level: LevelEstimate,
  position: number,
  { levels }: LevelTable,
  width: number,
): string[] {
  const before = levels[position - 1];
  const added = level.in.filter((title) => before?.in.includes(title) !== true);
  const titles = (list: readonly string[]) =>
    list.map((title) => cleanLine(title, TITLE_CHARACTERS)).join(", ");
  const name = LEVEL_NAMES[level.level];
  const lines =
    before === undefined
      ? wrapped("  ", `${name} has: ${titles(level.in) || "nothing"}`, width)
      : wrapped("  ", `${name} adds: ${titles(added) || "nothing"}`, width);
  if (position < levels.length - 1) return lines;
  return [...lines, ...wrapped("  ", `Rests on ${level.restsOn}.`, width)];
}

/** Columns two spaces apart, numbers as they are; one figure to a line where they do not fit. */
function aligned(levels: readonly (readonly string[])[], width: number): string[] {
  const rows = [HEAD, ...levels];
  const widths = HEAD.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? "").length)));
  const lines = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  if (Math.max(...lines.map(({ length }) => length)) <= width) return lines;
  return levels.flatMap(([name = "", ...figures]) => [
    name,
    ...figures.map((figure, at) => `    ${(HEAD[at + 1] ?? "").toLowerCase()} ${figure}`),
  ]);
}

/** Words are never cut; lines after the first stand further in. */
function wrapped(indent: string, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(" ")) {
    if (line.trim() !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${indent}  `;
    }
    line += line.trim() === "" ? word : ` ${word}`;
  }
  return [...lines, line];
}
