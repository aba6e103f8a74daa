/** Files of a report beside it: pictures and traces, named by page and viewport. */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { QaFlow, Viewport } from "../domain/qa.js";

export interface Assets {
  /** @returns the path below the report's folder. */
  write(flow: QaFlow, viewport: Viewport, ending: string, content: Buffer): Promise<string>;
  pathOf(flow: QaFlow, viewport: Viewport, ending: string): { file: string; path: string };
}

/** What an earlier look left in `assets/` is gone; other files there stay. */
export async function createAssets(out: string, flows: readonly QaFlow[]): Promise<Assets> {
  const folder = join(out, "assets");
  await mkdir(folder, { recursive: true });
  const old = (await readdir(folder)).filter((name) => OURS.test(name));
  await Promise.all(old.map((name) => rm(join(folder, name), { force: true })));
  const pathOf = (flow: QaFlow, viewport: Viewport, ending: string) => {
    const number = String(flows.indexOf(flow) + 1).padStart(2, "0");
    const path = `assets/${number}-${slug(flow.name)}-${slug(viewport.name)}.${ending}`;
    return { path, file: join(out, path) };
  };
  return {
    pathOf,
    async write(flow, viewport, ending, content) {
      const { path, file } = pathOf(flow, viewport, ending);
      await writeFile(file, content);
      return path;
    },
  };
}

/** As `pathOf` names them. */
const OURS = /^\d{2,}-[a-z0-9-]+\.(?:png|changed\.png|trace\.zip)$/;

/** A name of a page is data: only its plain letters become part of a path. */
const slug = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40) || "page";
