export default async function globalTeardown() {
  await globalThis.missionsTestEnvironment?.stop();
}
