/** The lines of a mission in a repository's TODO.md: one for each feature, ticked when it is merged. */
import { cleanLine } from "./clean-text.js";

export interface TodoFeature {
  id: string;
  title: string;
  /** Branch of the feature: tells its line from all others. */
  branch: string;
  /** Path of its brief in the repository. */
  brief?: string;
}

export interface TodoMission {
  missionId: string;
  title: string;
  features: readonly TodoFeature[];
}

/** A feature that is merged, with the address or path of its pull request. */
export interface TodoTick {
  id: string;
  pullRequest?: string;
}

const LONGEST_TITLE = 100;
const LONGEST_ADDRESS = 200;

/**
 * Brings the mission's section up to date. All lines are written once, with the first tick; what a person changes in them
 * afterwards stays, but for the tick itself. Every other line of the file stays byte for byte.
 */
export function tickTodo(text: string, mission: TodoMission, ticks: readonly TodoTick[]): string {
  const end = text.includes("\r\n") ? "\r" : "";
  const lines = text.split("\n");
  const heading = `## Mission ${mission.missionId}: ${plain(mission.title)}`;
  let at = lines.findIndex((line) => line.startsWith(`## Mission ${mission.missionId}`));
  if (at < 0) {
    while (lines.at(-1)?.trim() === "") lines.pop();
    if (lines.length > 0) lines.push(end);
    at = lines.push(`${heading}${end}`, end) - 2;
    lines.push(...mission.features.map((feature) => `${openLine(feature)}${end}`), "");
  }
  for (const tick of ticks) {
    const feature = mission.features.find(({ id }) => id === tick.id);
    if (feature === undefined) continue;
    const found = lines.findIndex((line) => isLineOf(line, feature));
    if (found >= 0) lines[found] = ticked(lines[found] ?? "", tick);
    else lines.splice(endOfSection(lines, at), 0, ticked(`${openLine(feature)}${end}`, tick));
  }
  return lines.join("\n");
}

const plain = (title: string) => cleanLine(title, LONGEST_TITLE).replace(/[`[\]<>|*_\\]/g, "\\$&");

function openLine({ id, title, branch, brief }: TodoFeature): string {
  const where = brief === undefined ? "" : `, brief: ${brief}`;
  return `- [ ] ${id} ${plain(title)} (branch: \`${branch}\`${where})`;
}

const isLineOf = (line: string, { branch }: TodoFeature) =>
  /^\s*[-*+] \[[ xX]\] /.test(line) && line.includes(`\`${branch}\``);

function ticked(line: string, { pullRequest }: TodoTick): string {
  const end = line.endsWith("\r") ? "\r" : "";
  const done = line.slice(0, line.length - end.length).replace(/^(\s*[-*+] \[) (\] )/, "$1x$2");
  const where = cleanLine(pullRequest ?? "", LONGEST_ADDRESS).replace(/[\s<>]/g, "");
  const more = where === "" || done.includes(where) ? "" : `, pull request: <${where}>`;
  return `${done}${more}${end}`;
}

/** Behind the last line of the section's list. */
function endOfSection(lines: readonly string[], heading: number): number {
  const next = lines.findIndex((line, n) => n > heading && /^#{1,2} /.test(line));
  let end = next < 0 ? lines.length : next;
  while (end > heading + 1 && lines[end - 1]?.trim() === "") end -= 1;
  return end === heading + 1 ? Math.min(heading + 2, lines.length) : end;
}
