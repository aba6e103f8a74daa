/** Where repositories made for missions go when nobody says it. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** `~/missions`; where that lies in a repository, as a clone of this tool there, `~/mission-projects`. */
export function defaultProjectsHome(userHome: string): string {
  const usual = join(userHome, "missions");
  return liesInRepository(usual) ? join(userHome, "mission-projects") : usual;
}

function liesInRepository(folder: string): boolean {
  if (existsSync(join(folder, ".git"))) return true;
  const parent = dirname(folder);
  return parent !== folder && liesInRepository(parent);
}
