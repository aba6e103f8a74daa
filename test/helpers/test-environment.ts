/** Once for all server tests: a real Temporal server on free ports, and the workflow bundle. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleWorkflowCode } from "@temporalio/worker";
import { startTestServer, type TestServer } from "./temporal-server.js";

const inRepository = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const quiet = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: console.warn,
  error: console.error,
  log: () => undefined,
};

/** Tests find it through MISSIONS_TEST_* variables. */
export async function startTestEnvironment(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), "missions-tests-"));
  const { code } = await bundleWorkflowCode({
    workflowsPath: inRepository("workflows/index.ts"),
    payloadConverterPath: inRepository("workflows/payload-converter.ts"),
    logger: quiet,
  });
  const codePath = join(folder, "workflow-bundle.js");
  await writeFile(codePath, code);
  const server = await startTestServer();
  process.env["MISSIONS_TEST_ADDRESS"] = server.address;
  process.env["MISSIONS_TEST_NAMESPACE"] = server.namespace;
  process.env["MISSIONS_TEST_BUNDLE"] = codePath;
  process.env["MISSIONS_TEST_TEMPORAL"] = server.binary;
  return server;
}
