/** Whether confined commands can fetch packages: where this machine's tools fetch from, and what lies in a private network. */
import { lookup } from "node:dns/promises";
import type { Environment } from "../../config/env.js";
import { createPackageHosts } from "../../config/package-hosts.js";
import { readPackageSettings } from "../../config/package-settings.js";
import { openPrivateHosts } from "../../config/private-hosts.js";
import { createSettingsReader } from "../../config/settings.js";
import { isOpenAt, sayPrivateHost } from "../../domain/hosts.js";
import { Problem } from "../../domain/problem.js";
import { enginePaths } from "../../store/engine-paths.js";
import { isPublicAddress } from "../../store/network-address.js";
import { cleanLine } from "../terminal/clean.js";
import type { DoctorFinding } from "./finding.js";

const NAMED = 8;
const LOGIN =
  "What they fetch must be there without a login, as from a mirror inside your network: docs/operations.md, The sandbox.";

/** @param lookUp a name's addresses; none where it is not known. */
export async function findRegistries(
  environment: Environment,
  lookUp: (name: string) => Promise<string[]> = addressesOf,
): Promise<DoctorFinding> {
  const finding = { name: "registries" };
  try {
    const settings = createSettingsReader(enginePaths(environment.engineHome).settings)();
    const inside = openPrivateHosts(settings, environment);
    const hosts = settings.sandbox.package_hosts ? await createPackageHosts(environment)() : [];
    const { logins } = await readPackageSettings(environment);
    const closed = await Promise.all(
      hosts.map(async (name) => {
        const isPrivate = !(await lookUp(name)).every(isPublicAddress);
        return isPrivate && !isOpenAt(inside, name, 443) ? [name] : [];
      }),
    );
    const found = [
      `commands fetch packages from ${say(hosts) || "nowhere"}`,
      ...(inside.length === 0
        ? []
        : [`of your own network they reach ${say(inside.map(sayPrivateHost))}`]),
      ...(logins.length === 0 ? [] : [`they are not given your login at ${say(logins)}`]),
    ].join("; ");
    const names = closed.flat();
    if (names.length === 0 && logins.length === 0) return { ...finding, ok: true, found };
    if (names.length === 0) return { ...finding, ok: "warn", found, remedy: LOGIN };
    return {
      ...finding,
      ok: "warn",
      found: `${found}; in a private network, and refused: ${say(names)}`,
      remedy: `If these are your registries, name them under sandbox: in settings.yaml: private_hosts: [${names.map(cleanLine).join(", ")}]`,
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { ...finding, ok: false, found: error.message, remedy: error.remedy };
  }
}

function say(names: readonly string[]): string {
  const more = names.length - NAMED;
  return `${names.slice(0, NAMED).map(cleanLine).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const addressesOf = (name: string) =>
  lookup(name, { all: true }).then(
    (found) => found.map(({ address }) => address),
    () => [],
  );
