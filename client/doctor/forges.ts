/** Which forges missions hold tokens for, and whether that of the repository one stands in is among them. Asks no forge. */
import { join } from "node:path";
import type { Environment } from "../../config/env.js";
import { findForge, listForges } from "../../config/forges.js";
import { createSettingsReader } from "../../config/settings.js";
import { tokenCommand } from "../../domain/forge-refusals.js";
import { Problem } from "../../domain/problem.js";
import { parseRemote } from "../../domain/remote-address.js";
import { enginePaths } from "../../store/engine-paths.js";
import { createGit, gitAnswer } from "../../store/git.js";
import type { DoctorFinding } from "./finding.js";

export async function findForges(environment: Environment): Promise<DoctorFinding> {
  const paths = enginePaths(environment.engineHome);
  try {
    const forges = await listForges(paths.keys);
    const { forges: settings } = createSettingsReader(paths.settings)();
    const names = forges.map(({ kind, host }) => `${kind} (${host})`).join(", ");
    const found =
      names === "" ? "no token; pull requests are review files in the mission folder" : names;
    const remote = await originOf(environment);
    if (remote === undefined) return { name: "forge", ok: true, found };
    const { host, kind, token } = await findForge(remote, { keysPath: paths.keys, settings });
    if (kind === undefined || token !== undefined) return { name: "forge", ok: true, found };
    return {
      name: "forge",
      ok: "warn",
      found: `no token for ${host}, where \`origin\` is; pull requests stay in the mission folder`,
      remedy: tokenCommand({ kind, host }),
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { name: "forge", ok: false, found: error.message, remedy: error.remedy };
  }
}

async function originOf(environment: Environment) {
  const home = join(enginePaths(environment.engineHome).run, "no-home");
  const git = createGit({ path: environment.path, home });
  const args = ["config", "--get", "remote.origin.url"];
  const text = await gitAnswer(git, environment.callerFolder, args);
  return text === undefined ? undefined : parseRemote(text);
}
