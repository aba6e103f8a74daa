// Jest loads set-up files without its own transforms; tsx reads the TypeScript of the test environment.
import { register } from "tsx/esm/api";

export default async function globalSetup() {
  const unregister = register();
  const { startTestEnvironment } = await import("./test-environment.ts");
  globalThis.missionsTestEnvironment = await startTestEnvironment();
  await unregister();
}
