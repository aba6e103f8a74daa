/** Hosts that this machine's package tools fetch from, as they themselves say it: a check that installs needs them. */
import { execFile } from "node:child_process";
import type { Environment } from "./env.js";

const ASK_MS = 20_000;
/** pip's own defaults too, which only its code knows. */
const PIP = `
from pip._internal.configuration import Configuration
from pip._internal.models.index import PyPI
c = Configuration(isolated=False); c.load()
print("https://" + PyPI.file_storage_domain, *[v for k, v in c.items() if k.endswith("index-url")] or [PyPI.simple_url])
`;
const ASKED: readonly (readonly [string, readonly string[]])[] = [
  ["npm", ["config", "list", "--json"]],
  ["python3", ["-c", PIP]],
  ["go", ["env", "GOPROXY", "GOSUMDB"]],
];

/** Asks each tool that is there, once, when first needed. @returns names of hosts. Contract: never throws. */
export function createPackageHosts(environment: Environment): () => Promise<readonly string[]> {
  let asking: Promise<readonly string[]> | undefined;
  const ask = async () => {
    const answers = ASKED.map(([program, args]) => say(program, args, environment));
    return [...new Set((await Promise.all(answers)).flatMap(namedIn))];
  };
  return () => (asking ??= ask());
}

const say = (program: string, args: readonly string[], environment: Environment) =>
  new Promise<string>((resolve) => {
    const cwd = environment.userHome;
    const env = environment.childVariables("tool");
    execFile(program, args, { cwd, env, timeout: ASK_MS }, (error, stdout) => {
      resolve(error === null ? stdout : "");
    });
  });

/** Of npm's answer only registries; of the others every address, and a checksum database by its bare name. */
function namedIn(answer: string): string[] {
  const lines = answer.trim().startsWith("{")
    ? answer.split("\n").filter((line) => /^\s*"[^"]*registry"\s*:/.test(line))
    : answer.split(/[\s,|]+/);
  return lines.flatMap((line) => {
    const address = /https?:\/\/[^\s"',|]+/.exec(line)?.[0];
    if (address !== undefined) return URL.canParse(address) ? [new URL(address).hostname] : [];
    return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(line) ? [line] : [];
  });
}
