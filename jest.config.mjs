/** ESM TypeScript through swc; the server and the workflow bundle are made once for all files. */
const transform = {
  "^.+\\.ts$": [
    "@swc/jest",
    {
      jsc: { parser: { syntax: "typescript" }, target: "es2022" },
      module: { type: "es6" },
      sourceMaps: "inline",
    },
  ],
};
const shared = {
  transform,
  extensionsToTreatAsEsm: [".ts"],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  testEnvironment: "node",
};
export default {
  projects: [
    {
      ...shared,
      displayName: "fast",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["/test/server/", "/test/e2e/", "/test/cluster/", "/test/agents/"],
    },
    // Agents of others, which the tests get from npm.
    {
      ...shared,
      displayName: "agents",
      testMatch: ["<rootDir>/test/agents/**/*.test.ts"],
    },
    {
      ...shared,
      displayName: "server",
      testMatch: ["<rootDir>/test/{server,e2e}/**/*.test.ts"],
      globalSetup: "<rootDir>/test/helpers/global-setup.mjs",
      globalTeardown: "<rootDir>/test/helpers/global-teardown.mjs",
    },
  ],
  // Patient: a slow machine is no failure. Jest heeds it here only, not in a project.
  testTimeout: 180_000,
  // Tests of workflows wait more than they work.
  maxWorkers: 4,
  testSequencer: "<rootDir>/test/helpers/long-first.mjs",
  collectCoverageFrom: [
    "{domain,workflows,store,qa,activities,config,client,workers}/**/*.ts",
    "!**/index.ts",
  ],
  coverageProvider: "v8",
};
