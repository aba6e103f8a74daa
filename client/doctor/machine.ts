/** What the machine itself brings: Node, git, disk, sandbox. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { Environment } from "../../config/env.js";
import { isOlder } from "../../config/server/version.js";
import { probeSandbox } from "../../store/sandbox-probe.js";
import type { DoctorFinding } from "./finding.js";

const NODE_NEEDED = "20.19.0";
const GIT_NEEDED = "2.38.0";
const DISK_LEAST_BYTES = 50e6;
const DISK_COMFORT_BYTES = 2e9;

export function findNode(version: string): DoctorFinding {
  return isOlder(version, NODE_NEEDED)
    ? {
        name: "Node",
        ok: false,
        found: version,
        remedy: `Install Node ${NODE_NEEDED} or newer: https://nodejs.org`,
      }
    : { name: "Node", ok: true, found: version };
}

export async function findGit(environment: Environment): Promise<DoctorFinding> {
  const remedy = `Install git ${GIT_NEEDED} or newer: https://git-scm.com/downloads`;
  try {
    const { stdout } = await promisify(execFile)("git", ["--version"], {
      env: environment.childVariables("server"),
      timeout: 10_000,
    });
    const version = /\d+\.\d+(?:\.\d+)?/.exec(stdout)?.[0] ?? "0";
    return isOlder(version, GIT_NEEDED)
      ? { name: "git", ok: false, found: version, remedy }
      : { name: "git", ok: true, found: version };
  } catch {
    return { name: "git", ok: false, found: "not on PATH, or it does not run", remedy };
  }
}

export async function findDiskSpace(environment: Environment): Promise<DoctorFinding> {
  let folder = environment.engineHome;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  const found = `${(freeBytes / 1e9).toFixed(1)} GB free for ${environment.engineHome}`;
  if (freeBytes >= DISK_COMFORT_BYTES) return { name: "disk", ok: true, found };
  return {
    name: "disk",
    ok: freeBytes < DISK_LEAST_BYTES ? false : "warn",
    found,
    remedy:
      "Free some space, or put the engine's files elsewhere: MISSIONS_ENGINE_HOME=/other/disk",
  };
}

export async function findSandbox({ path }: Environment): Promise<DoctorFinding> {
  const found = await probeSandbox(path);
  if (found.works) {
    const what = `commands of agents and checks run in bubblewrap (${found.program})`;
    return { name: "sandbox", ok: true, found: what };
  }
  return {
    name: "sandbox",
    ok: "warn",
    found: "none works here; real models and external agents need --unsandboxed",
    remedy: found.why,
  };
}
