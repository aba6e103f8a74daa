/** Which model keys missions hold, and which lie in the shell untaken. Names only, never values. */
import { VARIABLES, type Environment, type VendorKeyName } from "../../config/env.js";
import { readKeyNames, type KeyedProvider } from "../../config/keys.js";
import { Problem } from "../../domain/problem.js";
import { nearestName } from "../../domain/nearest-name.js";
import { enginePaths } from "../../store/engine-paths.js";
import type { DoctorFinding } from "./finding.js";

const PROVIDER_OF: Record<VendorKeyName, KeyedProvider> = {
  ANTHROPIC_API_KEY: "anthropic",
  OPENAI_API_KEY: "openai",
  GOOGLE_GENERATIVE_AI_API_KEY: "google",
  OPENROUTER_API_KEY: "openrouter",
};

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
        remedy:
          "npx missions key set anthropic, or MISSIONS_COMPATIBLE_BASE_URL=http://127.0.0.1:11434/v1",
      };
}

export function findShellKeys(environment: Environment): DoctorFinding[] {
  return environment.vendorKeysInShell.map((name) => ({
    name: "shell key",
    ok: "warn",
    found: `${name} is set in this shell; missions does not take it by itself`,
    remedy: `npx missions key set ${PROVIDER_OF[name]} --from-env`,
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
