/** Words of others inside a prompt. Pure. */

/**
 * A block that its text cannot end: its fence is longer than any in the text.
 * @param label `untrusted`: data, never followed; `guidance`: how to work here, never what to do; `notes`: an agent's own.
 */
export function quoted(
  text: string,
  label: "untrusted" | "guidance" | "notes" = "untrusted",
): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${label}\n${text}\n${fence}`;
}
