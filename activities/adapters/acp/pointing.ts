/** Points an agent at the gateway of its attempt: variables, and files in its HOME. */
import { lstat, mkdir, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AgentDefinition } from "../../../domain/agents.js";
import { parseModelId } from "../../../domain/routing.js";
import type { ModelProvider } from "../../../domain/routing.js";

/** Where the provider's interface is, what opens it, and which model it is to ask for. */
export interface Point {
  /** The gateway, as `http://127.0.0.1:<port>`, where the child sees it. */
  address: string;
  token: string;
  /** `provider/model`. */
  model: string;
}

/** Version of the interface in its address, and a library that speaks it. */
const INTERFACES: Record<ModelProvider, { version: string; npm: string }> = {
  anthropic: { version: "/v1", npm: "@ai-sdk/anthropic" },
  openai: { version: "/v1", npm: "@ai-sdk/openai" },
  google: { version: "/v1beta", npm: "@ai-sdk/google" },
  openrouter: { version: "/v1", npm: "@ai-sdk/openai-compatible" },
  compatible: { version: "/v1", npm: "@ai-sdk/openai-compatible" },
  demo: { version: "/v1", npm: "@ai-sdk/openai-compatible" },
};

/** Names of models go into files of several formats, so they hold nothing that any of them reads. */
export const isPlainModel = (model: string): boolean => /^[a-z]+\/[\w./:@-]{1,200}$/.test(model);

/** @param point undefined: the agent pays by itself. */
export function pointed(
  { env, files }: Pick<AgentDefinition, "env" | "files">,
  point: Point | undefined,
): { env: Record<string, string>; files: Record<string, string> } {
  const values = point === undefined ? {} : valuesOf(point);
  const fill = (texts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, filled(text, values)]));
  return { env: fill(env), files: fill(files) };
}

function valuesOf({ address, token, model }: Point): Record<string, string> {
  const { provider, name } = parseModelId(model) ?? { provider: "compatible", name: model };
  const { version, npm } = INTERFACES[provider];
  const own = `${address}/${provider}`;
  return { address: own, base_url: `${own}${version}`, token, provider, model: name, npm };
}

const filled = (text: string, values: Record<string, string>) =>
  text.replaceAll(
    /\{(address|base_url|token|provider|model|npm)\}/g,
    (whole, name: string) => values[name] ?? whole,
  );

/** True when a folder below `home` is reached through folders alone. */
async function isWithoutLinks(home: string, folder: string): Promise<boolean> {
  const real = await realpath(join(home, folder)).catch(() => undefined);
  return real === join(await realpath(home), folder);
}

const LARGEST_LOGIN_BYTES = 1_000_000;

/** Copies of the files by which an agent is logged in: what it changes in them stays its own. */
export async function loginFiles(
  { login }: Pick<AgentDefinition, "login">,
  userHome: string,
): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const path of login) {
    const from = join(userHome, path);
    const found = await stat(from).catch(() => undefined);
    if (found?.isFile() !== true || found.size > LARGEST_LOGIN_BYTES) continue;
    files[path] = await readFile(from, "utf8");
  }
  return files;
}

/** Readable by nobody else. @returns a function that takes them away again. */
export async function writeHomeFiles(
  home: string,
  files: Record<string, string>,
): Promise<() => Promise<void>> {
  for (const [path, text] of Object.entries(files)) {
    const parts = path.split("/");
    let at = home;
    for (const part of parts.slice(0, -1)) {
      at = join(at, part);
      // An earlier attempt may have left a link to anywhere in its place.
      if (!(await lstat(at).catch(() => undefined))?.isDirectory()) await rm(at, { force: true });
      await mkdir(at, { recursive: true });
    }
    const full = join(at, parts.at(-1) ?? "");
    await rm(full, { recursive: true, force: true });
    await writeFile(full, text, { flag: "wx", mode: 0o600 });
  }
  return async () => {
    for (const path of Object.keys(files)) {
      const full = join(home, path);
      // The agent may have put a link to anywhere in the folder's place.
      if (await isWithoutLinks(home, dirname(path)))
        await rm(full, { recursive: true, force: true });
    }
  };
}
