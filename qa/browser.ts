/** Which browser of this machine is used: the first Chromium that is there. */
import { access, constants, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { findProgram } from "../store/programs.js";
import { fetchChromium, fetchedChromium, type NpmPlaces } from "./fetched-chromium.js";

export interface FoundBrowser {
  path: string;
  /** `npm`: fetched before, or now because it was allowed. */
  from: "system" | "playwright" | "npm";
}

export interface BrowserPlaces {
  /** PATH. */
  path: string;
  /** Home folder, in which Playwright keeps its downloads. */
  home: string;
  platform?: NodeJS.Platform | undefined;
  /** Folder for a Chromium from npm. It is fetched only if `fetch` says so. */
  fetched?: { folder: string; fetch: boolean; variables?: NpmPlaces["variables"] } | undefined;
}

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const MACOS = [
  "Google Chrome.app/Contents/MacOS/Google Chrome",
  "Chromium.app/Contents/MacOS/Chromium",
];

/** Reads and looks only, unless fetching is allowed. @returns why there is none, with the one command that mends it. */
export async function findBrowser(places: BrowserPlaces): Promise<FoundBrowser | { why: string }> {
  const { path, home, platform = process.platform, fetched } = places;
  const system = await first([
    ...NAMES.map((name) => () => findProgram(name, path)),
    ...(platform === "darwin" ? macApplications(home) : []).map((file) => () => executable(file)),
  ]);
  if (system !== undefined) return { path: system, from: "system" };
  const own = await first([
    async () => executable(await playwrightsOwn()),
    () => playwrightsDownload(home, platform),
  ]);
  if (own !== undefined) return { path: own, from: "playwright" };
  if (fetched !== undefined) {
    const there = await fetchedChromium(fetched.folder);
    if (there !== undefined) return { path: there, from: "npm" };
    if (fetched.fetch) {
      const got = await fetchChromium(fetched.folder, { path, home, variables: fetched.variables });
      return "path" in got ? { path: got.path, from: "npm" } : got;
    }
  }
  return {
    why: `There is no Chromium or Chrome on this machine; run \`${await remedy(path, platform)}\`.`,
  };
}

/** The command that gets a browser on this system. */
async function remedy(path: string, platform: NodeJS.Platform): Promise<string> {
  const ways = [
    ["apt-get", "sudo apt-get install chromium"],
    ["dnf", "sudo dnf install chromium"],
    ["pacman", "sudo pacman -S chromium"],
    ["apk", "sudo apk add chromium"],
  ] as const;
  if (platform === "linux") {
    for (const [program, command] of ways) {
      if ((await findProgram(program, path)) !== undefined) return command;
    }
  }
  return "npx playwright install chromium";
}

const macApplications = (home: string) =>
  ["/Applications", join(home, "Applications")].flatMap((folder) =>
    MACOS.map((application) => join(folder, application)),
  );

async function first(
  ways: readonly (() => Promise<string | undefined>)[],
): Promise<string | undefined> {
  for (const way of ways) {
    const found = await way();
    if (found !== undefined) return found;
  }
  return undefined;
}

async function executable(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const there = await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
  return there ? file : undefined;
}

/** Its library takes time to load, for nothing where the system has a browser. */
async function playwrightsOwn(): Promise<string | undefined> {
  const { chromium } = await import("playwright");
  try {
    return chromium.executablePath();
  } catch {
    return undefined;
  }
}

const BINARIES = new Set([
  "chrome",
  "headless_shell",
  "chrome-headless-shell",
  "Chromium",
  "Google Chrome for Testing",
]);

/** Any Chromium in Playwright's download folder, the newest first: also of another version of Playwright. */
async function playwrightsDownload(
  home: string,
  platform: NodeJS.Platform,
): Promise<string | undefined> {
  const folder =
    platform === "darwin"
      ? join(home, "Library", "Caches", "ms-playwright")
      : join(home, ".cache", "ms-playwright");
  const revision = (name: string) => Number(name.split("-").at(-1));
  const downloads = (await readdir(folder).catch(() => []))
    .filter((name) => /^chromium(?:_headless_shell)?-\d+$/.test(name))
    .sort((a, b) => revision(b) - revision(a));
  for (const download of downloads) {
    const files = await readdir(join(folder, download), { recursive: true }).catch(() => []);
    for (const file of files.filter((name) => BINARIES.has(basename(name)))) {
      const found = await executable(join(folder, download, file));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
