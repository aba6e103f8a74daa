// Builds dist/: TypeScript to JavaScript, then the workflow bundle, so that nothing is compiled when a command runs.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

rmSync(`${root}/dist`, { recursive: true, force: true });
execFileSync(process.execPath, [tsc, "-p", `${root}/tsconfig.build.json`], { stdio: "inherit" });

const { bundleWorkflowCode } = await import("@temporalio/worker");
const quiet = {
  trace() {},
  debug() {},
  info() {},
  warn: console.warn,
  error: console.error,
  log() {},
};
const { code } = await bundleWorkflowCode({
  workflowsPath: `${root}/dist/workflows/index.js`,
  payloadConverterPath: `${root}/dist/workflows/payload-converter.js`,
  logger: quiet,
});
writeFileSync(`${root}/dist/workflow-bundle.js`, code);
for (const bin of ["cli.js", "start-mission.js"]) {
  const path = `${root}/dist/client/${bin}`;
  if (existsSync(path)) chmodSync(path, 0o755);
}
