import { EXIT } from "../../domain/problem.js";
import type { Context } from "../context.js";
import { readStoredFiles } from "../stored-files.js";
import { cleanText } from "../terminal/clean.js";

/** What features changed, as patches in the order of the plan; a patch printed to a file applies with `git apply`. */
export async function runDiff(context: Context, typed: string[]) {
  const { output } = context;
  const { missionId, files: all } = await readStoredFiles(context, typed, (event) =>
    event.kind === "commit" ? event.diff : undefined,
  );
  // A feature that was done again has a commit for each time; only the last one stands.
  const files = all.filter(
    ({ feature }, at) => !all.slice(at + 1).some((later) => later.feature === feature),
  );
  if (files.length === 0) output.note("No feature has committed a change on this host.");
  for (const { feature, text } of files) {
    if (text === undefined) output.note(`The diff of ${feature} is not on this host.`);
  }
  const texts = files.flatMap(({ text }) => (text === undefined ? [] : [text]));
  if (output.json) output.answer({ missionId, diffs: files }, []);
  // A terminal gets it cleaned; a file or pipe gets every byte, or the patch would not apply.
  else output.write((output.live ? texts.map(cleanText) : texts).join("\n"));
  return EXIT.ok;
}
