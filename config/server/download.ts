/** The official download, by the SDK's own downloader, in a child process because it cannot be interrupted. */
import { readdirSync, statSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../package-root.js";
import type { AcquireLimits, Report, StepResult } from "./acquire.js";
import { runTool } from "./tool.js";
import { PINNED } from "./version.js";

/** Contract: never rejects for a failed download; gives up when nothing arrives for `downloadSilenceMs`. */
export async function downloadBinary(options: {
  workFolder: string;
  variables: Record<string, string>;
  report: Report;
  limits: AcquireLimits;
}): Promise<StepResult> {
  const { workFolder, report, limits } = options;
  report(`Downloading Temporal ${PINNED.cliVersion} from its official site.`);
  let seenBytes = 0;
  let seenAtMs = 0;
  let saidAtMs = 0;
  const result = await runTool({
    program: process.execPath,
    args: [
      join(packageRoot(), "tools", "temporal", "download.mjs"),
      workFolder,
      `v${PINNED.cliVersion}`,
    ],
    cwd: workFolder,
    variables: options.variables,
    limitMs: limits.downloadMs,
    watchEveryMs: Math.min(1_000, limits.downloadSilenceMs / 4),
    watch: (elapsedMs) => {
      const bytes = bytesIn(workFolder);
      if (bytes > seenBytes) {
        seenBytes = bytes;
        seenAtMs = elapsedMs;
        if (elapsedMs - saidAtMs >= 5_000) {
          report(`Downloading: ${Math.round(bytes / 1e6)} MB so far.`);
          saidAtMs = elapsedMs;
        }
      }
      return elapsedMs - seenAtMs > limits.downloadSilenceMs ? "stalled" : "going";
    },
  });
  switch (result.kind) {
    case "done":
      break;
    case "stalled":
      return passOver(`nothing came for ${Math.round(limits.downloadSilenceMs / 1000)} s`);
    case "timeout":
      return passOver(`not done in ${Math.round(limits.downloadMs / 60_000)} min`);
    case "failed":
    case "missing":
      return passOver(reasonOf(result.lastLines));
  }
  const path = await largestFile(workFolder);
  return path ? { kind: "made", path } : passOver("it brought no file");
}

const passOver = (reason: string): StepResult => ({ kind: "passed over", reason });

function reasonOf(lines: string[]): string {
  if (lines.some((line) => line.includes("No space left"))) return "the disk is full";
  const line = lines.find((candidate) => /error/i.test(candidate)) ?? lines.at(-1) ?? "";
  // The downloader nests its causes; the innermost two say what happened.
  const words = line.trim().split(": ").slice(-2).join(": ");
  return words ? `failed (${words.slice(0, 200)})` : "failed";
}

function bytesIn(folder: string): number {
  let bytes = 0;
  try {
    for (const name of readdirSync(folder)) bytes += statSync(join(folder, name)).size;
  } catch {
    // A file that was renamed meanwhile is counted at the next look.
  }
  return bytes;
}

async function largestFile(folder: string): Promise<string | undefined> {
  let largest: { path: string; bytes: number } | undefined;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { size } = await stat(path);
    if (size > (largest?.bytes ?? 0)) largest = { path, bytes: size };
  }
  return largest?.path;
}
