/** Reads what each round of validation found, for the person who is asked. */
import { diagnose } from "../domain/diagnosis.js";
import type { DiagnoseInput } from "../domain/validation-work.js";
import type { BlobPort } from "./ports.js";
import { readReport } from "./validation-reports.js";

export interface DiagnosisDependencies {
  blobs: BlobPort;
  scrub: (text: string) => string;
}

export function createDiagnosisActivities({ blobs, scrub }: DiagnosisDependencies) {
  return {
    /** Only reads; a report that is gone counts as one that was never made. */
    async diagnoseMilestone({
      milestoneId,
      rounds,
      why,
    }: DiagnoseInput): Promise<{ question: string }> {
      const read = await Promise.all(
        rounds.map(async ({ report, ...round }) => ({
          ...round,
          report:
            report === undefined
              ? undefined
              : await readReport(blobs, report).catch(() => undefined),
        })),
      );
      return { question: scrub(diagnose({ milestoneId, rounds: read, why })) };
    },
  };
}
