/** Builds the pinned server from the Go module proxy, for machines where the official download is out of reach. */
import { join } from "node:path";
import { packageRoot } from "../package-root.js";
import type { AcquireLimits, Report, StepResult } from "./acquire.js";
import { runTool } from "./tool.js";
import { PINNED } from "./version.js";

/** Packages that a build from nothing compiles, to say how far it is. */
const PACKAGES = 1_700;

/** Contract: never rejects for a failed build; builds into `workFolder` only. */
export async function buildBinary(options: {
  workFolder: string;
  variables: Record<string, string>;
  report: Report;
  limits: AcquireLimits;
}): Promise<StepResult> {
  const { report, limits } = options;
  const path = join(options.workFolder, "temporal");
  report(
    `Building Temporal ${PINNED.cliVersion} with Go: once, 4 to 12 minutes by the machine, then cached.`,
  );
  let compiled = 0;
  let fetched = 0;
  let saidAtMs = 0;
  const result = await runTool({
    program: "go",
    args: ["build", "-v", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w"].concat([
      "-o",
      path,
      "github.com/temporalio/cli/cmd/temporal",
    ]),
    cwd: join(packageRoot(), "tools", "temporal"),
    variables: { ...options.variables, CGO_ENABLED: "0" },
    limitMs: limits.buildMs,
    onLine: (line) => {
      if (line.startsWith("go: downloading ")) fetched++;
      else if (/^[\w./~-]+$/.test(line)) compiled++;
    },
    watch: (elapsedMs) => {
      if (elapsedMs - saidAtMs >= 10_000) {
        saidAtMs = elapsedMs;
        report(progressLine(elapsedMs, fetched, compiled));
      }
      return "going";
    },
  });
  switch (result.kind) {
    case "done":
      return { kind: "made", path };
    case "missing":
      return { kind: "passed over", reason: "Go is not installed" };
    case "stalled":
    case "timeout":
      return {
        kind: "passed over",
        reason: `not done in ${Math.round(limits.buildMs / 60_000)} min`,
      };
    case "failed":
      return { kind: "passed over", reason: reasonOf(result.lastLines) };
  }
}

function progressLine(elapsedMs: number, fetched: number, compiled: number): string {
  const seconds = Math.round(elapsedMs / 1000);
  if (compiled === 0) return `Building (${seconds} s): ${fetched} modules fetched.`;
  const percent = Math.min(99, Math.round((100 * compiled) / PACKAGES));
  return `Building (${seconds} s): ${compiled} packages compiled, about ${percent} %.`;
}

function reasonOf(lines: string[]): string {
  if (lines.some((line) => line.includes("no space left on device"))) return "the disk is full";
  const line = lines.filter((candidate) => !/^[\w./~-]+$/.test(candidate)).at(-1) ?? "";
  return line ? `failed (${line.trim().slice(0, 200)})` : "failed";
}
