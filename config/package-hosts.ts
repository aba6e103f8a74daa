/** Hosts that this machine's package tools fetch from, as they themselves say it: a check that installs needs them. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "./env.js";
import { cargoHome, readPackageSettings } from "./package-settings.js";

const ASK_MS = 20_000;
/** pip's own defaults too, which only its code knows. */
const PIP = `
import sys
from pip._internal.cli.main import main
from pip._internal.models.index import PyPI
print(PyPI.simple_url, "https://" + PyPI.file_storage_domain, flush=True)
sys.exit(main(["config", "list"]))
`;
const ASKED: readonly (readonly [string, readonly string[]])[] = [
  ["npm", ["config", "list", "--json"]],
  ["yarn", ["config", "get", "registry"]],
  ["yarn", ["config", "get", "npmRegistryServer"]],
  ["python3", ["-c", PIP]],
  ["go", ["env", "GOPROXY", "GOSUMDB"]],
];

/** Asks each tool that is there, once, when first needed. @returns names of hosts. Contract: never throws. */
export function createPackageHosts(environment: Environment): () => Promise<readonly string[]> {
  let asking: Promise<readonly string[]> | undefined;
  const ask = async () => {
    const answers = ASKED.map(([program, args]) => say(program, args, environment));
    const found = [...answers, cargoSays(environment)];
    return [...new Set((await Promise.all(found)).flatMap(namedIn))];
  };
  return () => (asking ??= ask());
}

const say = (program: string, args: readonly string[], environment: Environment) =>
  new Promise<string>((resolve) => {
    const cwd = environment.userHome;
    const env = { ...environment.childVariables("tool"), COREPACK_ENABLE_NETWORK: "0" };
    execFile(program, args, { cwd, env, timeout: ASK_MS }, (error, stdout) => {
      resolve(error === null ? stdout : "");
    });
  });

/** Cargo says nothing of it: its settings do, and what it keeps of each registry that it has used. */
async function cargoSays(environment: Environment): Promise<string> {
  const { cargo } = await readPackageSettings(environment);
  const indexes = join(cargoHome(environment), "registry", "index");
  const known = await Promise.all(
    (await readdir(indexes).catch(() => [])).map(async (name) => {
      const kept = await readFile(join(indexes, name, "config.json"), "utf8").catch(() => "");
      return `https://${name.replace(/-[0-9a-f]{16}$/, "")} ${/"dl"\s*:\s*"([^"]+)/.exec(kept)?.[1] ?? ""}`;
    }),
  );
  return [cargo, ...known].join("\n");
}

/** Of npm's answer only registries; of the others every address, and a checksum database by its bare name. */
function namedIn(answer: string): string[] {
  const lines = answer.trim().startsWith("{")
    ? answer.split("\n").filter((line) => /^\s*"[^"]*registry"\s*:/.test(line))
    : answer.split(/(?:[\s,|]|\\n)+/);
  return lines.flatMap((line) => {
    const address = /https?:\/\/[^\s"',|\\]+/.exec(line)?.[0];
    if (address !== undefined) return URL.canParse(address) ? [new URL(address).hostname] : [];
    return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(line) ? [line] : [];
  });
}
