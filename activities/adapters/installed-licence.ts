/** The licence that an installed package of a workspace states, where it is installed there. */
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { parse as parseToml } from "smol-toml";
import { confine } from "./confined-path.js";
import type { Ecosystem } from "./manifests.js";

const METADATA_BYTES = 1_000_000;
/** A name becomes part of a path only when it is one of a package. */
const NAME = /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]{0,200}$/i;

/** Python's older way of saying it; those that mean one licence. */
const CLASSIFIERS = new Map([
  ["MIT License", "MIT"],
  ["Apache Software License", "Apache-2.0"],
  ["ISC License (ISCL)", "ISC"],
  ["Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"],
  ["GNU General Public License v3 (GPLv3)", "GPL-3.0-only"],
  ["The Unlicense (Unlicense)", "Unlicense"],
]);

/** @param tree the workspace's files. @returns undefined where nothing is installed or nothing is stated. Never throws. */
export async function installedLicence(
  tree: string,
  ecosystem: Ecosystem,
  name: string,
): Promise<string | undefined> {
  if (!NAME.test(name)) return undefined;
  try {
    if (ecosystem === "npm") return await npmLicence(tree, name);
    if (ecosystem === "python") return await pythonLicence(tree, name);
    if (ecosystem === "cargo") return await cargoLicence(tree, name);
  } catch {
    return undefined; // not there, or not readable: the same to us
  }
  return undefined;
}

async function npmLicence(tree: string, name: string): Promise<string | undefined> {
  const json = JSON.parse(await readBounded(tree, `node_modules/${name}/package.json`)) as {
    license?: unknown;
  };
  const { license } = json;
  if (typeof license === "string") return license;
  const { type } = (license ?? {}) as { type?: unknown };
  return typeof type === "string" ? type : undefined;
}

async function cargoLicence(tree: string, name: string): Promise<string | undefined> {
  const toml = parseToml(await readBounded(tree, `vendor/${name}/Cargo.toml`));
  const licence = (toml["package"] as Record<string, unknown> | undefined)?.["license"];
  return typeof licence === "string" ? licence : undefined;
}

async function pythonLicence(tree: string, name: string): Promise<string | undefined> {
  for (const environment of [".venv", "venv"]) {
    const lib = join(environment, "lib");
    for (const version of await namesIn(tree, lib)) {
      const packages = join(lib, version, "site-packages");
      const wanted = name.replaceAll("-", "_");
      const info = (await namesIn(tree, packages)).find((entry) => {
        const [owner = ""] = entry.split(/-\d/);
        const isInfo = entry.endsWith(".dist-info");
        return isInfo && owner.toLowerCase().replace(/[-_.]+/g, "_") === wanted;
      });
      if (info === undefined) continue;
      return metadataLicence(await readBounded(tree, join(packages, info, "METADATA")));
    }
  }
  return undefined;
}

function metadataLicence(metadata: string): string | undefined {
  const [head = ""] = metadata.split(/\r?\n\r?\n/);
  const expression = /^License-Expression: (.+)$/im.exec(head)?.[1];
  if (expression !== undefined) return expression.trim();
  const classified = [...head.matchAll(/^Classifier: License :: (?:OSI Approved :: )?(.+)$/gim)];
  const ids = classified.map(([, said = ""]) => CLASSIFIERS.get(said.trim()));
  if (ids.length > 0) return ids.every((id) => id !== undefined) ? ids.join(" AND ") : undefined;
  const said = /^License: (\S{2,40})$/im.exec(head)?.[1];
  return said === "UNKNOWN" ? undefined : said;
}

const namesIn = async (tree: string, path: string): Promise<string[]> =>
  confine(tree, path)
    .then((folder) => readdir(folder))
    .catch(() => []);

async function readBounded(tree: string, path: string): Promise<string> {
  const file = await open(await confine(tree, path), "r");
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > METADATA_BYTES) throw new RangeError(path);
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}
