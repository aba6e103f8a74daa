/** A Chromium from npm, for machines that cannot get one otherwise: fetched only where a person has allowed it. */
import { execFile } from "node:child_process";
import { access, constants, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const PACKAGE = "@sparticuz/chromium";
const VERSION = "147.0.0";
/** The package unpacks its browser into the folder for temporary files; here that is ours. */
const UNPACK = `const { default: chromium } = await import(${JSON.stringify(PACKAGE)}); await chromium.executablePath();`;

/** The one fetched before. */
export async function fetchedChromium(folder: string): Promise<string | undefined> {
  const file = join(folder, "chromium");
  return access(file, constants.X_OK).then(
    () => file,
    () => undefined,
  );
}

export interface NpmPlaces {
  /** PATH. */
  path: string;
  /** In which npm finds its own settings, as a registry of the house. */
  home: string;
  /** What npm needs to get out, as a proxy or certificates. */
  variables?: Readonly<Record<string, string>> | undefined;
}

/**
 * Fetches it (about 70 MB) by npm and unpacks it; no install script runs. A second run starts over.
 */
export async function fetchChromium(
  folder: string,
  { path, home, variables = {} }: NpmPlaces,
): Promise<{ path: string } | { why: string }> {
  await mkdir(folder, { recursive: true });
  const options = {
    cwd: folder,
    env: { ...variables, PATH: path, HOME: home, TMPDIR: folder },
    timeout: 600_000,
  };
  try {
    await run(
      "npm",
      [
        "install",
        "--prefix",
        folder,
        "--no-save",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--fetch-retries=1",
        `${PACKAGE}@${VERSION}`,
      ],
      options,
    );
    await run(process.execPath, ["--input-type=module", "-e", UNPACK], options);
  } catch (error) {
    const lines = (error instanceof Error ? error.message : String(error)).split("\n");
    const said = lines.find((line) => line.startsWith("npm error")) ?? lines[1] ?? "";
    return {
      why: `No Chromium could be fetched from npm (${said.slice(0, 200)}); install one by hand.`,
    };
  }
  const there = await fetchedChromium(folder);
  return there === undefined
    ? { why: "The Chromium from npm does not fit this system; install one by hand." }
    : { path: there };
}
