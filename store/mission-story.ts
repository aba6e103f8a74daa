/** Bullets that we add to mission.md: story lines, files made, the result. Each carries a marker, so that it is added once and read back. */
import type { FeatureView, StoryLine } from "../domain/mission.js";
import { type Block, linesOf } from "./markdown-blocks.js";
import {
  escapeInline,
  markerValue,
  oneLine,
  plainOf,
  readMarkerValue,
  shorten,
} from "./markdown-text.js";
import { type MissionSlots, type Section, slotsOf } from "./mission-slots.js";

/** One bullet for a section; `key` is what its marker starts with. */
export interface Bullet {
  section: string;
  key: string;
  text: string;
}

const SECTION_OF = { progress: "progress", decision: "decisions", recovery: "recovery" } as const;
/** Sections that bullets of ours go to. */
export const BULLET_SECTIONS = ["resources", "decisions", "progress", "recovery", "retrospective"];
const STORY_LENGTH = 2_000;
const MARKER = /<!-- ((?:story|file|result) [^\s>]+)(?: at=([^\s>]+))?(?: by=([^\s>]+))? -->/;

export function storyBullet(line: StoryLine): Bullet {
  const key = `story ${markerValue(line.seq)}`;
  const at = line.at === "" ? "" : ` at=${markerValue(line.at)}`;
  const by = line.by && ` by=${markerValue(line.by.who)}/${markerValue(line.by.from)}`;
  const shown = escapeInline(shorten(oneLine(line.text), STORY_LENGTH));
  return {
    section: SECTION_OF[line.kind],
    key,
    text: `- ${prefix(line)}${shown}${suffix(line)} <!-- ${key}${at}${by ?? ""} -->`,
  };
}

const prefix = ({ at }: Pick<StoryLine, "at">) => {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.exec(at)?.[0];
  return time === undefined ? "" : `${time.replace("T", " ")} UTC: `;
};
const suffix = ({ by }: Pick<StoryLine, "by">) =>
  by === undefined
    ? ""
    : escapeInline(` (${oneLine(by.who)}, ${oneLine(by.from)})`).replace(/^/, " ");

export function fileBullets({ id, title, files = [] }: FeatureView): Bullet[] {
  const feature = `feature ${id}, ${escapeInline(shorten(title, 200))}`;
  // Briefs are written for features, not by them; their rows name them.
  const made = files.filter((file) => !file.startsWith("briefs/"));
  return made.map((file) => {
    const key = `file ${markerValue(id)}/${markerValue(file)}`;
    const address = `./${markerValue(file).replaceAll("%2F", "/").replace(/[()]/g, "\\$&")}`;
    const text = `- [${escapeInline(file)}](${address}): made by ${feature} <!-- ${key} -->`;
    return { section: "resources", key, text };
  });
}

export function resultBullet(generation: number, result: string): Bullet {
  const key = `result ${generation}`;
  const text = `- Result: ${escapeInline(shorten(oneLine(result), STORY_LENGTH))} <!-- ${key} -->`;
  return { section: "retrospective", key, text };
}

/** Keys of all bullets of ours, wherever a person moved them; text inside code blocks does not count. */
export function bulletKeys(text: string, slots: MissionSlots): Set<string> {
  const keys = new Set<string>();
  const quoted = slots.blocks.filter(isQuoted);
  for (const found of text.matchAll(new RegExp(MARKER, "g"))) {
    if (!isInside(quoted, found.index)) keys.add(found[1] ?? "");
  }
  return keys;
}

/** Blocks in which a marker is somebody's text. */
const isQuoted = ({ type }: Block) => type === "code" || type === "yaml";

const isInside = (blocks: Block[], offset: number) =>
  blocks.some(({ start, end }) => start <= offset && offset < end);

/**
 * Where the next bullets of a section go, and what parts them from what stands before and after.
 * @returns undefined when a person removed the section.
 */
export function bulletPlace(
  text: string,
  slots: MissionSlots,
  name: string,
): { at: number; gap: number; after: number } | undefined {
  const section = slots.sections.get(name);
  if (section === undefined) return undefined;
  const last = lastMarker(text, section);
  const holder = section.blocks.find(
    ({ start, end }) => last !== undefined && start <= last && last < end,
  );
  if (holder !== undefined && last !== undefined) {
    const item = holder.items?.find(({ start, end }) => start <= last && last < end);
    const at = item?.end ?? holder.end;
    return { at, gap: item === undefined ? 2 : 1, after: gapAfter(text, at, item !== undefined) };
  }
  const [first] = section.blocks;
  const isOurs = first?.type === "html" && text.startsWith("<!--", first.start);
  const at = isOurs ? first.end : section.heading.end;
  return { at, gap: 2, after: gapAfter(text, at, false) };
}

/** Line endings to add so that what follows is not read as part of our bullet. */
function gapAfter(text: string, at: number, inList: boolean): number {
  const follows = /^[ \t]*(?:\r\n|\n|\r)?([^\r\n]*)/.exec(text.slice(at, at + 200))?.[1] ?? "";
  return follows.trim() === "" || (inList && /^\s*(?:[-*+]|\d+[.)])\s/.test(follows)) ? 0 : 1;
}

function lastMarker(text: string, { heading, end, blocks }: Section): number | undefined {
  const quoted = blocks.filter(isQuoted);
  for (let at = text.lastIndexOf("<!-- ", end); at > heading.start;) {
    const marker = MARKER.exec(text.slice(at, text.indexOf("-->", at) + 3));
    if (at < end && marker?.index === 0 && !isInside(quoted, at)) return at;
    at = text.lastIndexOf("<!-- ", at - 1);
  }
  return undefined;
}

/** The story that a mission.md tells, by section and then in the order of the file: the inverse of what the projection writes. */
export function readStory(text: string): StoryLine[] {
  const slots = slotsOf(text);
  const story: StoryLine[] = [];
  for (const kind of ["progress", "decision", "recovery"] as const) {
    const section = slots.sections.get(SECTION_OF[kind]);
    for (const block of section?.blocks ?? []) {
      if (block.type !== "code") story.push(...linesIn(text, block, kind));
    }
  }
  return story;
}

/** A bullet may have been wrapped by an editor: its text runs from the bullet to the marker. */
function linesIn(text: string, block: Block, kind: StoryLine["kind"]): StoryLine[] {
  const story: StoryLine[] = [];
  let open: string[] = [];
  for (const { text: line } of linesOf(text, block.start, block.end)) {
    const bullet = /^\s*[-*+][ \t]+(.*)$/.exec(line)?.[1];
    if (bullet !== undefined) open = [];
    open.push(bullet ?? line.trim());
    const marker = MARKER.exec(open.at(-1) ?? "");
    if (marker === null) continue;
    const shown = open.join(" ");
    const read = storyLine(shown.slice(0, shown.lastIndexOf("<!--")), marker, kind);
    if (read !== undefined) story.push(read);
    open = [];
  }
  return story;
}

function storyLine(
  shown: string,
  [, key = "", at = "", by]: RegExpExecArray,
  kind: StoryLine["kind"],
): StoryLine | undefined {
  if (!key.startsWith("story ")) return undefined;
  const line: StoryLine = {
    seq: readMarkerValue(key.slice(6)),
    at: readMarkerValue(at),
    kind,
    text: "",
  };
  if (by !== undefined) {
    const [who = "", from = ""] = by.split("/").map(readMarkerValue);
    line.by = { who, from };
  }
  let text = shown.trim();
  if (text.startsWith(prefix(line).trim())) text = text.slice(prefix(line).trim().length);
  const end = suffix(line).trim();
  if (end !== "" && text.endsWith(end)) text = text.slice(0, -end.length);
  return { ...line, text: plainOf(text) };
}
