/** Which changed files can take part in deciding that work is done. */
import { baseName, isCases, isCi, isFixture, isSnapshot } from "./changed-file.js";
import { languageOf } from "./reading/source.js";
import { names } from "./themes/scripts.js";
import { familyOf } from "./themes/settings.js";

const OTHERS =
  /^\.git(?:ignore|attributes)$|^\.\w+ignore$|^(?:GNU)?[Mm]akefile$|\.mk$|^[Jj]ustfile$|^(?:jest|pytest|vitest|mocha|eslint|tsc|npm|npx|node|node_modules)$|^go\.(?:mod|work)$|^(?:package-lock|npm-shrinkwrap)\.json$|^requirements[\w.-]*\.txt$|^Pipfile$|^(?:Docker|Container)file/;

/** @param commands of the plan's checks and tests. */
export const mayLie = (path: string, commands: readonly string[]): boolean =>
  languageOf(path) !== undefined ||
  familyOf(path) !== undefined ||
  isCi(path) ||
  isSnapshot(path) ||
  isFixture(path) ||
  OTHERS.test(baseName(path)) ||
  isCases(path) ||
  /(?:^|\/)(?:node_modules|\.bin|bin)\/|(?:^|\/)\.cargo\/config/.test(path) ||
  commands.some((command) => names(command, path));
