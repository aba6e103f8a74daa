import { EXIT } from "../../domain/problem.js";
import type { Context } from "../context.js";
import { readStoredFiles, type StoredFile } from "../stored-files.js";
import { cleanText } from "../terminal/clean.js";

/** What agents said and did, attempt by attempt. */
export async function runTranscript(context: Context, typed: string[]) {
  const { output } = context;
  const { missionId, files } = await readStoredFiles(context, typed, (event) =>
    event.kind === "attempt" ? event.transcript : undefined,
  );
  output.answer(
    { missionId, transcripts: files },
    files.length === 0
      ? ["No agent has left a transcript on this host."]
      : files.flatMap((file) => [output.style.bold(titleOf(file)), ...bodyOf(file), ""]),
  );
  return EXIT.ok;
}

const titleOf = ({ feature, at, attempt }: StoredFile) =>
  `== ${feature}${attempt === undefined ? "" : `, attempt ${attempt}`}, ${at.slice(0, 19).replace("T", " ")} UTC`;

const bodyOf = ({ text, sha256 }: StoredFile): string[] =>
  text === undefined
    ? [`(${sha256.slice(0, 12)} is not on this host)`]
    : cleanText(text).split("\n");
