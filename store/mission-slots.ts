/** Where the values that we own stand in a mission.md, whatever a person wrote around them. */
import { isMap, isScalar, parseDocument } from "yaml";
import { type Block, blocksOf } from "./markdown-blocks.js";
import { markerValue, plainOf } from "./markdown-text.js";
import { tableOf, type Row, type Table } from "./markdown-table.js";

/** One value: its plain text and the range that holds it (empty range: nothing is there yet). */
export interface Slot {
  found: string;
  start: number;
  end: number;
  /** Put before and after the new text where the range is empty. */
  before: string;
  after: string;
  syntax: "yaml" | "inline";
}

export interface Section {
  heading: Block;
  blocks: Block[];
  /** Offset of the next section's heading, or the end of the text. */
  end: number;
}

export interface MissionSlots {
  blocks: Block[];
  sections: Map<string, Section>;
  values: Map<string, Slot>;
  /** Why the frontmatter cannot be read; undefined when it can. */
  frontmatterFault?: string;
  /** Ids of the features that have a row. */
  rows: Set<string>;
  /** Milestones that have a heading, with the first table below it. */
  milestones: Map<string, { heading: Block; table?: Table }>;
  planBlock?: Block;
  /** Exit reports of milestones, from their heading to the comment that ends them. */
  exitReports: Map<string, { start: number; end: number }>;
  /** What the mission waits for, from comment to comment. */
  waits?: { start: number; end: number };
}

const FRONTMATTER = [
  ["status"],
  ["mode"],
  ["started"],
  ["completed"],
  ["deadline"],
  ["budget", "time_hours"],
  ["budget", "money_usd"],
  ["budget", "token_limit"],
  ["budget", "alert_threshold_pct"],
];
export const FEATURE_COLUMNS = ["status", "spent", "commit", "files", "pr"] as const;
const BUDGET_COLUMNS = ["cap", "spent", "reserved", "left"] as const;

export function slotsOf(text: string): MissionSlots {
  const blocks = blocksOf(text);
  const slots: MissionSlots = {
    blocks,
    sections: sectionsOf(text, blocks),
    values: new Map(),
    rows: new Set(),
    milestones: new Map(),
    exitReports: new Map(),
  };
  findFrontmatter(text, slots);
  findMilestones(text, slots);
  findExitReports(text, slots);
  findWaits(text, slots);
  findBudget(text, slots);
  const plan = slots.sections
    .get("plan")
    ?.blocks.find(({ lang, meta }) => lang === "yaml" && meta === "plan");
  if (plan !== undefined) slots.planBlock = plan;
  return slots;
}

/** Lower-case names of the sections that hold something of ours, and of those that end them. */
const SECTIONS = new Set(
  "origin,scope,milestones,resources,budget,decisions,mission agents,research,progress,recovery,retrospective,plan".split(
    ",",
  ),
);

/** A section reaches to the next one of ours: headings of a person, of whatever level, are text in it. The first of a name counts. */
function sectionsOf(text: string, blocks: Block[]): Map<string, Section> {
  const sections = new Map<string, Section>();
  let current: Section | undefined;
  for (const block of blocks) {
    const name =
      block.type === "heading" && block.depth === 2 ? headingText(text, block).toLowerCase() : "";
    if (SECTIONS.has(name) && !sections.has(name)) {
      if (current !== undefined) current.end = block.start;
      current = { heading: block, blocks: [], end: text.length };
      sections.set(name, current);
    } else current?.blocks.push(block);
  }
  return sections;
}

const headingText = (text: string, { start, end }: Block) =>
  plainOf(
    text
      .slice(start, end)
      .replace(/^#+[ \t]*/, "")
      .replace(/[ \t]+#+[ \t]*$/, ""),
  );

function findFrontmatter(text: string, slots: MissionSlots): void {
  const block = slots.blocks[0];
  if (block?.type !== "yaml") {
    slots.frontmatterFault = "(deleted)";
    return;
  }
  const opening = /^---[ \t]*\r?\n/.exec(text.slice(block.start, block.end))?.[0].length ?? 4;
  const from = block.start + opening;
  const document = parseDocument(text.slice(from, block.end).replace(/---[ \t]*$/, ""));
  const [error] = document.errors;
  if (error !== undefined || !isMap(document.contents)) {
    slots.frontmatterFault = `(not YAML: ${(error?.message ?? "no keys").split("\n")[0] ?? ""})`;
    return;
  }
  for (const path of FRONTMATTER) {
    const node = document.getIn(path, true);
    if (!isScalar(node) || !node.range) continue;
    const [start, end] = node.range;
    const empty = start === end;
    const next = text[from + end] ?? "\n";
    slots.values.set(path.join("."), {
      found: typeof node.value === "string" ? node.value : shown(node.value),
      start: from + start,
      end: from + end,
      before: empty && text[from + start - 1] === ":" ? " " : "",
      after: empty && !/\s/.test(next) ? " " : "",
      syntax: "yaml",
    });
  }
}

/** Numbers and truth values as people write them; nothing as nothing. */
const shown = (value: unknown) => (value === null ? "" : JSON.stringify(value));

const MILESTONE_HEADING = /^#+[ \t]+Milestone[ \t]+([^\s:]+):/i;
const HEADING_STATUS = /[—–-][ \t]*([a-z]+)[ \t]*#*[ \t]*$/;

function findMilestones(text: string, slots: MissionSlots): void {
  let current: { heading: Block; table?: Table } | undefined;
  for (const block of slots.sections.get("milestones")?.blocks ?? []) {
    if (block.type === "heading") {
      const source = text.slice(block.start, block.end);
      const id = MILESTONE_HEADING.exec(source)?.[1];
      if (id === undefined || slots.milestones.has(id)) {
        current = undefined;
        continue;
      }
      current = { heading: block };
      slots.milestones.set(id, current);
      const status = HEADING_STATUS.exec(source)?.[1];
      if (status === undefined) continue;
      const start = block.start + source.lastIndexOf(status);
      const end = start + status.length;
      const slot: Slot = { found: status, start, end, before: "", after: "", syntax: "inline" };
      slots.values.set(`milestone ${id} status`, slot);
    } else if (block.type === "table") {
      const table = tableOf(text, block);
      if (!table.columns.has("#")) continue;
      if (current !== undefined) current.table ??= table;
      addRows(text, table, "#", slots);
    }
  }
}

const EXIT_HEADING = /^#+[ \t]+Exit report of milestone[ \t]+([^\s:]+):/i;
const EXIT_END = /^<!-- end of exit report ([^\s>]+) -->/;

/** One whose end a person took away is not ours any more. */
function findExitReports(text: string, { sections, exitReports }: MissionSlots): void {
  let open: { id: string; start: number } | undefined;
  for (const { type, start, end } of sections.get("milestones")?.blocks ?? []) {
    const source = text.slice(start, end);
    if (type === "heading") {
      const id = EXIT_HEADING.exec(source)?.[1];
      open = id === undefined || exitReports.has(id) ? undefined : { id, start };
    } else if (type === "html" && open !== undefined) {
      if (EXIT_END.exec(source)?.[1] !== markerValue(open.id)) continue;
      exitReports.set(open.id, { start: open.start, end });
      open = undefined;
    }
  }
}

function findWaits(text: string, slots: MissionSlots): void {
  const at = (comment: string) =>
    slots.blocks.find(
      ({ type, start, end }) => type === "html" && text.slice(start, end).startsWith(comment),
    );
  const first = at("<!-- waits for you -->");
  const last = at("<!-- end of waits for you -->");
  if (first === undefined || last === undefined || last.start < first.start) return;
  slots.waits = { start: first.start, end: last.end };
}

function addRows(text: string, table: Table, idColumn: string, slots: MissionSlots): void {
  for (const row of table.rows) {
    const id = cellText(text, table, row, idColumn);
    if (id === undefined || id === "" || slots.rows.has(id)) continue;
    slots.rows.add(id);
    addCells(text, table, row, `feature ${id}`, FEATURE_COLUMNS, slots);
  }
}

function findBudget(text: string, slots: MissionSlots): void {
  for (const block of slots.sections.get("budget")?.blocks ?? []) {
    if (block.type !== "table") continue;
    const table = tableOf(text, block);
    if (!table.columns.has("currency")) continue;
    for (const row of table.rows) {
      const currency = cellText(text, table, row, "currency")?.toLowerCase();
      if (currency === undefined || slots.values.has(`budget table ${currency} cap`)) continue;
      addCells(text, table, row, `budget table ${currency}`, BUDGET_COLUMNS, slots);
    }
    return;
  }
}

function cellText(text: string, table: Table, row: Row, column: string): string | undefined {
  const cell = row[table.columns.get(column) ?? -1];
  return cell && plainOf(text.slice(cell.start, cell.end));
}

function addCells(
  text: string,
  table: Table,
  row: Row,
  prefix: string,
  columns: readonly string[],
  slots: MissionSlots,
): void {
  for (const column of columns) {
    const cell = row[table.columns.get(column) ?? -1];
    if (cell === undefined) continue;
    const { start, end, before, after } = cell;
    const found = start === end ? "" : plainOf(text.slice(start, end));
    slots.values.set(`${prefix} ${column}`, { found, start, end, before, after, syntax: "inline" });
  }
}
