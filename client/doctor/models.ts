/** Which model keys missions hold, and which lie in the shell untaken. Names only, never values. */
import { VARIABLES, type Environment } from "../../config/env.js";
import { readKeyNames } from "../../config/keys.js";
import { Problem } from "../../domain/problem.js";
import { nearestName } from "../../domain/nearest-name.js";
import { enginePaths } from "../../store/engine-paths.js";
import type { DoctorFinding } from "./finding.js";

export async function findModelKeys(environment: Environment): Promise<DoctorFinding> {
  let names: string[];
  try {
    names = await readKeyNames(enginePaths(environment.engineHome).keys);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { name: "model", ok: false, found: error.message, remedy: error.remedy };
  }
  const usable = environment.compatibleBaseUrl
    ? [...names, `compatible (${environment.compatibleBaseUrl})`]
    : names;
  return usable.length > 0
    ? { name: "model", ok: true, found: usable.join(", ") }
    : {
        name: "model",
        ok: "warn",
        found: "no key; the demo and scripts run without one",
        remedy: "npx missions key set, or MISSIONS_COMPATIBLE_BASE_URL=http://127.0.0.1:11434/v1",
      };
}

export function findShellKeys(environment: Environment): DoctorFinding[] {
  return environment.vendorKeysInShell.map((name) => ({
    name: "shell key",
    ok: "warn",
    found: `${name} is set in this shell; missions does not take it by itself`,
    remedy: `npx missions key set --from-env ${name}`,
  }));
}

export function findUnknownVariables(environment: Environment): DoctorFinding[] {
  return environment.unknownVariables.map((name) => {
    const meant = nearestName(name, Object.keys(VARIABLES));
    return {
      name: "variable",
      ok: "warn",
      found: `nothing reads ${name}`,
      remedy: meant ? `Did you mean ${meant}?` : `unset ${name}`,
    };
  });
}
