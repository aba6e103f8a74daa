/** The earlier report with whose pictures today's are compared. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readQaReport } from "../domain/schemas/qa-report.js";

export interface Baseline {
  startedAt: string;
  browserVersion: string | undefined;
  pictureOf(page: string, viewport: string): Promise<Buffer | undefined>;
}

/** @returns why there is nothing to compare with, where its report cannot be read. */
export async function readBaseline(folder: string): Promise<Baseline | { why: string }> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(join(folder, "qa-report.json"), "utf8"));
  } catch {
    return { why: "the earlier report cannot be read" };
  }
  const read = readQaReport(value);
  if ("why" in read) return { why: `the earlier report is not one: ${read.why}` };
  const { report } = read;
  return {
    startedAt: report.startedAt,
    browserVersion: report.browser?.version,
    async pictureOf(page, viewport) {
      const visit = report.visits.find((one) => one.name === page && one.viewport === viewport);
      if (visit?.picture === undefined) return undefined;
      return readFile(join(folder, visit.picture)).catch(() => undefined);
    },
  };
}
