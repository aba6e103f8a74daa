/** Hands commands the package settings of this machine: variables, and files laid where they see them. */
import { join } from "node:path";
import { writeWhole } from "../store/files.js";
import type { Environment } from "./env.js";
import { readPackageSettings } from "./package-settings.js";

export interface PackageTools {
  env: Record<string, string>;
  /** Files and folders that commands must see, and where. */
  seen: { from: string; at: string }[];
}

/** Of all folders above a workspace, cargo looks there last but for its own home. */
const CARGO_AT = "/.cargo/config.toml";

/** Reads once, when first asked. @param folder for the files. */
export function createPackageTools(
  environment: Environment,
  folder: string,
): () => Promise<PackageTools> {
  let made: Promise<PackageTools> | undefined;
  return () => (made ??= makeTools(environment, folder));
}

async function makeTools(environment: Environment, folder: string): Promise<PackageTools> {
  const { env, npmrc, cargo, readable } = await readPackageSettings(environment);
  const seen = readable.map((at) => ({ from: at, at }));
  const lay = async (name: string, content: string, at?: string) => {
    if (content === "") return undefined;
    const from = join(folder, name);
    await writeWhole(from, content);
    seen.push({ from, at: at ?? from });
    return from;
  };
  await lay("cargo.toml", cargo, CARGO_AT);
  const userconfig = await lay("npmrc", npmrc);
  return {
    env: { ...env, ...(userconfig === undefined ? {} : { npm_config_userconfig: userconfig }) },
    seen,
  };
}
