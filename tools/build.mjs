// Builds dist/: TypeScript to JavaScript, then the workflow bundle, so that nothing is compiled when a command runs.
// Built aside and put in place by a rename, so that a running worker never sees half of it.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { isAbsolute, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const fresh = join(root, `dist.${process.pid}`);
const old = `${fresh}.old`;

/** `npx missions` in a clone: without a link npm would install the clone into its cache. */
function linkCommand() {
  const link = `${root}/node_modules/.bin/missions`;
  mkdirSync(`${root}/node_modules/.bin`, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync("../../dist/client/cli.js", link);
}

try {
  const options = ["-p", `${root}/tsconfig.build.json`, "--outDir", fresh];
  execFileSync(process.execPath, [tsc, ...options], { stdio: "inherit" });

  const { bundleWorkflowCode } = await import("@temporalio/worker");
  const quiet = { trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error };
  const { code } = await bundleWorkflowCode({
    workflowsPath: `${fresh}/workflows/index.js`,
    payloadConverterPath: `${fresh}/workflows/payload-converter.js`,
    logger: { ...quiet, log() {} },
    // The bundle names files by their place in the repository, and lines without columns, which would count the letters of
    // this folder's path: the same source is the same build, wherever it is built.
    webpackConfigHook: (config) => ({
      ...config,
      context: fresh,
      devtool: "inline-nosources-cheap-module-source-map",
      output: {
        ...config.output,
        filename: "workflow-bundle.js",
        // A module that is left out is named by more than its path.
        devtoolModuleFilenameTemplate: ({ absoluteResourcePath: path }) =>
          isAbsolute(path)
            ? relative(fresh, path).replace(/^\.\.\//, "")
            : path.replaceAll(`${fresh}/`, "").replaceAll(root, ""),
      },
    }),
  });
  writeFileSync(`${fresh}/workflow-bundle.js`, code);
  for (const bin of ["cli.js", "start-mission.js"]) chmodSync(`${fresh}/client/${bin}`, 0o755);
  try {
    renameSync(`${root}/dist`, old);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  renameSync(fresh, `${root}/dist`);
  linkCommand();
} catch (error) {
  // The compiler has said what is wrong.
  if (error.status === undefined) throw error;
  process.exitCode = 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
  rmSync(old, { recursive: true, force: true });
}
