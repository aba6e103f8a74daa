/** The earlier report with whose pictures today's are compared. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readQaReport } from "../domain/schemas/qa-report.js";

export interface Baseline {
  startedAt: string;
  browserVersion: string | undefined;
  pictureOf(page: string, viewport: string): Promise<Buffer | undefined>;
}

/** @param hold reads all pictures now, because their folder will be written to. @returns why there is nothing to compare with, where its report cannot be read. */
export async function readBaseline(
  folder: string,
  hold: boolean,
): Promise<Baseline | { why: string }> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(join(folder, "qa-report.json"), "utf8"));
  } catch {
    return { why: "the earlier report cannot be read" };
  }
  const read = readQaReport(value);
  if ("why" in read) return { why: `the earlier report is not one: ${read.why}` };
  const { report } = read;
  const pictures = new Map<string, Buffer>();
  const pictureAt = async (path: string) =>
    pictures.get(path) ?? (await readFile(join(folder, path)).catch(() => undefined));
  for (const { picture } of hold ? report.visits : []) {
    const held = picture === undefined ? undefined : await pictureAt(picture);
    if (picture !== undefined && held !== undefined) pictures.set(picture, held);
  }
  return {
    startedAt: report.startedAt,
    browserVersion: report.browser?.version,
    async pictureOf(page, viewport) {
      const visit = report.visits.find((one) => one.name === page && one.viewport === viewport);
      return visit?.picture === undefined ? undefined : pictureAt(visit.picture);
    },
  };
}
