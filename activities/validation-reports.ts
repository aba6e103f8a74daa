/** Reports of validations, read back from the store. */
import { ApplicationFailure } from "@temporalio/activity";
import { FAILURE } from "../domain/failures.js";
import type { BlobRef } from "../domain/mission.js";
import type { ValidationReport } from "../domain/validation-work.js";
import { isMissing } from "../store/files.js";
import type { BlobPort } from "./ports.js";

/** @throws ApplicationFailure MissingRecord, not retried, when it is not there or no report of this version. */
export async function readReport(
  blobs: Pick<BlobPort, "get">,
  { sha256, name }: BlobRef,
): Promise<ValidationReport> {
  let content: Uint8Array;
  try {
    content = await blobs.get(sha256);
  } catch (error) {
    if (isMissing(error)) throw missing(`The report ${name} is not in the store.`);
    throw error;
  }
  const report = JSON.parse(Buffer.from(content).toString("utf8")) as ValidationReport;
  if ((report.version as number) !== 1) throw missing(`The report ${name} is of another version.`);
  return report;
}

const missing = (message: string) =>
  ApplicationFailure.nonRetryable(message, FAILURE.missingRecord);
