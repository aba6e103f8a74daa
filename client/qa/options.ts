/** What was typed after `missions qa`, read. */
import { resolve } from "node:path";
import type { Environment } from "../../config/env.js";
import { SEVERITIES, type Severity } from "../../domain/findings.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { DESKTOP, MOBILE, type Viewport } from "../../domain/qa.js";

export interface QaCommandOptions {
  flows?: string | undefined;
  out?: string | undefined;
  viewport?: string | undefined;
  crawl?: string | undefined;
  external?: boolean | undefined;
  origin?: string[] | undefined;
  baseline?: string | undefined;
  browser?: string | undefined;
  getBrowser?: boolean | undefined;
  failOn?: string | undefined;
}

/** Of a window; larger ones take more memory than a page is worth. */
const SIDE_PX = { least: 100, most: 4_000 };
const DEEPEST_CRAWL = 5;

/** @param typed as `desktop,mobile,1024x768`. @throws Problem badInput. */
export function readViewports(typed: string | undefined): Viewport[] {
  if (typed === undefined) return [DESKTOP, MOBILE];
  const viewports = typed
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "")
    .map(viewportOf);
  if (viewports.length === 0) throw noViewport(typed);
  return [...new Map(viewports.map((viewport) => [viewport.name, viewport])).values()];
}

function viewportOf(word: string): Viewport {
  for (const known of [DESKTOP, MOBILE]) if (word === known.name) return known;
  const [, width, height] = /^(\d{1,5})[x×](\d{1,5})$/.exec(word) ?? [];
  const size = { width: Number(width), height: Number(height) };
  const fits = (px: number) => px >= SIDE_PX.least && px <= SIDE_PX.most;
  if (width === undefined || !fits(size.width) || !fits(size.height)) throw noViewport(word);
  return { name: `${size.width}x${size.height}`, ...size };
}

const noViewport = (word: string) =>
  new Problem(
    EXIT.badInput,
    `${JSON.stringify(word)} is no viewport.`,
    `Use desktop, mobile or a size from ${SIDE_PX.least}x${SIDE_PX.least} to ${SIDE_PX.most}x${SIDE_PX.most}, several with commas.`,
  );

/** @throws Problem badInput. */
export function readCrawl(typed: string | undefined): number | undefined {
  if (typed === undefined) return undefined;
  const deep = Number(typed);
  if (/^\d+$/.test(typed) && deep <= DEEPEST_CRAWL) return deep;
  throw new Problem(
    EXIT.badInput,
    `--crawl is ${JSON.stringify(typed)}.`,
    `Say how many links deep: 0 (none) to ${DEEPEST_CRAWL}.`,
  );
}

/** The least severity that fails. @throws Problem badInput. */
export function readFailOn(typed = "major"): Severity {
  const known = SEVERITIES.find((severity) => severity === typed);
  if (known !== undefined) return known;
  throw new Problem(
    EXIT.badInput,
    `--fail-on is ${JSON.stringify(typed)}.`,
    `Use ${SEVERITIES.join(", ")}.`,
  );
}

/** Folders are meant from where the person is. */
export const folderOf = ({ callerFolder }: Environment, typed: string) =>
  resolve(callerFolder, typed);
