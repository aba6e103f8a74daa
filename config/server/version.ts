/** Which Temporal we are made for, and what a given binary is. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The release of `tools/temporal/go.mod` and of the download. */
export const PINNED = { cliVersion: "1.8.2", serverVersion: "1.31.2" } as const;
/** The oldest server that missions were run on. */
export const OLDEST_SERVER = "1.29.1";

/** @returns the server's version inside a `temporal` binary, or undefined when the file is not one that runs. */
export async function serverVersionOf(
  binary: string,
  variables: Record<string, string>,
): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(binary, ["--version"], {
      timeout: 20_000,
      env: variables,
    });
    return /\bServer (\d+\.\d+\.\d+[^\s,)]*)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

/** Compares dotted versions by number; what follows a hyphen does not count. */
export function isOlder(version: string, than: string): boolean {
  const parts = (text: string) => (text.split("-")[0] ?? "").split(".").map(Number);
  const [left, right] = [parts(version), parts(than)];
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
