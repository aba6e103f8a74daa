/** What is wrong with a path that shall stay inside the repository; as the end of a sentence, undefined where nothing is. */
export function pathFlaw(path: string): string | undefined {
  if (path === "" || path === "." || path === "./") return "names the whole repository";
  if (/^([/\\~]|[A-Za-z]:)/.test(path)) return "is not relative";
  if (path.includes("\\")) return "has backslashes";
  if (path.split("/").includes("..")) return "leads out of the repository";
  return undefined;
}

/** As `pathFlaw`, for the prefix of files and folders. */
export const prefixFlaw = (path: string): string | undefined =>
  pathFlaw(path) ?? (/[*?]|\{.*,.*\}/.test(path) ? "is a glob" : undefined);
