/** Files of a report beside it: pictures and traces, named by page and viewport. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT, Problem } from "../domain/problem.js";
import type { QaFlow, Viewport } from "../domain/qa.js";
import { systemCode } from "../store/files.js";

export interface Assets {
  /** @returns the path below the report's folder. @throws Problem where it cannot be written. */
  write(flow: QaFlow, viewport: Viewport, ending: string, content: Buffer): Promise<string>;
  pathOf(flow: QaFlow, viewport: Viewport, ending: string): { file: string; path: string };
}

/** @param folder of the report in the making. */
export async function createAssets(folder: string, flows: readonly QaFlow[]): Promise<Assets> {
  await writing(folder, () => mkdir(join(folder, "assets"), { recursive: true }));
  const pathOf = (flow: QaFlow, viewport: Viewport, ending: string) => {
    const number = String(flows.indexOf(flow) + 1).padStart(2, "0");
    const path = `assets/${number}-${slug(flow.name)}-${slug(viewport.name)}.${ending}`;
    return { path, file: join(folder, path) };
  };
  return {
    pathOf,
    async write(flow, viewport, ending, content) {
      const { path, file } = pathOf(flow, viewport, ending);
      await writing(folder, () => writeFile(file, content));
      return path;
    },
  };
}

/** Whether a file in `assets/` is named as `pathOf` does. */
export const isAsset = (name: string) => OURS.test(name);
const OURS = /^\d{2,}-[a-z0-9-]+\.(?:png|changed\.png|trace\.zip)$/;

/** Does what writes into the report's folder. @throws Problem (environment) with the system's error behind it. */
export async function writing<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw new Problem(
      EXIT.environment,
      `The report cannot be written to ${folder}${codeIn(error)}.`,
      "Make room there, or name a folder that can be written: --out FOLDER",
      error,
    );
  }
}

const codeIn = (error: unknown) => {
  const code = systemCode(error);
  return code === undefined ? "" : ` (${code})`;
};

/** A name of a page is data: only its plain letters become part of a path. */
const slug = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40) || "page";
