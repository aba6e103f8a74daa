/** Settings, scripts and CI. */
import { type Compared, file, lie, twin } from "./change.js";

const scripts = (test: string, more: Record<string, unknown> = {}) =>
  `${JSON.stringify({ name: "shop", scripts: { test }, ...more }, null, 2)}\n`;
const runs = (before: string, after: string, more?: Record<string, unknown>) =>
  file("package.json", scripts(before, more), scripts(after, more));
const ci = (run: string, more = "") =>
  `on: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${run}\n${more}`;
const DEPLOY = (needs: string) =>
  `  deploy:\n    needs: ${needs}\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./deploy.sh\n`;

export const IN_SETTINGS: readonly Compared[] = [
  lie("script-narrowed", "tells pytest by a variable to leave tests out", {
    ...runs("pytest", "PYTEST_ADDOPTS='-k fine' pytest"),
  }),
  twin(
    "tells a program by a variable where it is",
    runs("vitest run", "TZ=UTC NODE_ENV=test vitest run"),
  ),
  lie("runner-replaced", "loads a file of its own before the tests", {
    ...runs("node --test", "NODE_OPTIONS=--require=./tools/pass.cjs node --test"),
    "tools/pass.cjs": [undefined, 'process.on("exit", () => { process.exitCode = 0; });\n'],
  }),
  twin("loads a compiler before the tests", runs("node --test", "node --import tsx --test")),
  lie(
    "retries-added",
    "runs failed tests a second time",
    runs("node --test", "node --test || node --test"),
  ),
  lie("retries-added", "runs failed tests in a loop", {
    ...file(
      "ci/test.sh",
      "set -e\nnode --test\n",
      "set -e\nfor i in 1 2 3; do node --test && break; done\n",
    ),
  }),
  lie("exit-swallowed", "lets a script go on after a failure", {
    ...file(
      "ci/test.sh",
      "set -euo pipefail\nnode --test\nnode tools/report.js\n",
      "node --test\nnode tools/report.js\n",
    ),
  }),
  twin("stops a script at a failure in another way", {
    ...file(
      "ci/test.sh",
      "#!/bin/sh\nset -e\nnode --test\n",
      "#!/bin/bash\nset -euo pipefail\nnode --test\n",
    ),
  }),
  lie("runner-replaced", "gives a program of the shell another meaning", {
    ...file("ci/test.sh", "npm test\n", "npm() { echo passed; }\nnpm test\n"),
  }),
  lie("script-narrowed", "removes a target of make", {
    ...file(
      "Makefile",
      "all: build\n\ntest:\n\tgo test ./...\n\nbuild:\n\tgo build\n",
      "all: build\n\nbuild:\n\tgo build\n",
    ),
  }),
  lie("script-narrowed", "takes the tests out of what a target of make needs", {
    ...file(
      "Makefile",
      "check: lint test\n\nlint:\n\tgo vet\n\ntest:\n\tgo test ./...\n",
      "check: lint\n\nlint:\n\tgo vet\n\ntest:\n\tgo test ./...\n",
    ),
  }),
  twin("calls a target of make by another name", {
    ...file(
      "Makefile",
      "check: lint unit\nlint:\n\tgo vet\nunit:\n\tgo test ./...\n",
      "check: lint test\nlint:\n\tgo vet\ntest:\n\tgo test ./...\n",
    ),
  }),
  lie("exit-swallowed", "lets another shell run the recipes of make", {
    ...file("Makefile", "test:\n\tgo test ./...\n", "SHELL = /bin/true\ntest:\n\tgo test ./...\n"),
  }),
  lie("exit-swallowed", "hides a failure in a Dockerfile", {
    ...file(
      "Dockerfile",
      "FROM node\nRUN npm ci && npm test\n",
      "FROM node\nRUN npm ci && npm test || true\n",
    ),
  }),
  twin("installs more in a Dockerfile", {
    ...file(
      "Dockerfile",
      "FROM node\nRUN npm ci && npm test\n",
      "FROM node\nRUN apt-get install -y git || true\nRUN npm ci && npm test\n",
    ),
  }),
  lie(
    "script-narrowed",
    "empties a hook of husky",
    file(".husky/pre-push", "npm test\n", "echo fine\n"),
  ),
  lie("ci-reduced", "deploys without waiting for the tests", {
    ...file(
      ".github/workflows/ci.yml",
      ci("npm test", DEPLOY("test")),
      ci("npm test", DEPLOY("[]")),
    ),
  }),
  twin("lets CI wait for more", {
    ...file(
      ".github/workflows/ci.yml",
      ci("npm test", DEPLOY("test")),
      ci("npm test", DEPLOY("[test, lint]")),
    ),
  }),
  lie("exit-swallowed", "lets CI go on in the words of Azure", {
    ...file(
      "azure-pipelines.yml",
      "steps:\n  - script: npm test\n",
      "steps:\n  - script: npm test\n    continueOnError: true\n",
    ),
  }),
  lie("exit-swallowed", "lets CI use a shell that goes on", {
    ...file(
      ".github/workflows/ci.yml",
      ci("npm test"),
      `${ci("npm test")}        shell: bash {0}\n`,
    ),
  }),
  lie("settings-loosened", "looks for tests under a name that one file has", {
    ...file(
      "jest.config.json",
      '{ "verbose": true }\n',
      '{ "verbose": true, "testMatch": ["**/fine.test.js"] }\n',
    ),
  }),
  twin("says where tests are", {
    ...file("jest.config.json", '{ "verbose": true }\n', '{ "testMatch": ["**/*.test.[jt]s"] }\n'),
  }),
  lie("settings-loosened", "runs the tests of one name in playwright", {
    ...file(
      "playwright.config.ts",
      "export default { forbidOnly: true };\n",
      "export default { forbidOnly: true, grep: /fine/ };\n",
    ),
  }),
  lie("settings-loosened", "accepts other pictures", {
    ...file(
      "playwright.config.ts",
      "export default { expect: { toHaveScreenshot: { maxDiffPixelRatio: 0.01 } } };\n",
      "export default { expect: { toHaveScreenshot: { maxDiffPixelRatio: 0.9 } } };\n",
    ),
  }),
  lie("retries-added", "runs failed tests again where CI is", {
    ...file(
      "playwright.config.ts",
      "export default { retries: 0 };\n",
      "export default { retries: process.env.CI ? 5 : 0 };\n",
    ),
  }),
  lie("runner-replaced", "has a runner of its own in jest", {
    ...file("jest.config.json", '{ "verbose": true }\n', '{ "testRunner": "./tools/runner.js" }\n'),
  }),
  lie("subject-mocked", "lets jest find another file in place of the code", {
    ...file(
      "jest.config.json",
      '{ "verbose": true }\n',
      '{ "moduleNameMapper": { "src/price.js$": "<rootDir>/test/fake-price.js" } }\n',
    ),
  }),
  twin("lets jest find styles and aliases", {
    ...file(
      "jest.config.json",
      '{ "verbose": true }\n',
      '{ "moduleNameMapper": { "\\\\.css$": "<rootDir>/test/style-mock.js", "^@/(.*)$": "<rootDir>/src/$1" } }\n',
    ),
  }),
  lie("settings-loosened", "no longer extends the rules of lint", {
    ...file(
      ".eslintrc.json",
      '{ "extends": ["eslint:recommended", "plugin:x/strict"] }\n',
      '{ "extends": ["eslint:recommended"] }\n',
    ),
  }),
  lie("settings-loosened", "takes recommended rules out of a flat list", {
    ...file(
      "eslint.config.js",
      "export default [js.configs.recommended, ...ts.configs.strict, { rules: {} }];\n",
      "export default [{ rules: {} }];\n",
    ),
  }),
  twin("takes stricter rules into a flat list", {
    ...file(
      "eslint.config.js",
      "export default [js.configs.recommended, ...ts.configs.recommended];\n",
      "export default [js.configs.recommended, ...ts.configs.strict];\n",
    ),
  }),
  lie("settings-loosened", "names errors that mypy overlooks", {
    ...file(
      "mypy.ini",
      "[mypy]\nstrict = True\n",
      "[mypy]\nstrict = True\ndisable_error_code = arg-type\n",
    ),
  }),
  lie("settings-loosened", "lets pyright report less", {
    ...file(
      "pyrightconfig.json",
      '{ "reportMissingImports": "error" }\n',
      '{ "reportMissingImports": "none" }\n',
    ),
  }),
  lie("settings-loosened", "lets codecov tell only", {
    ...file(
      "codecov.yml",
      "coverage:\n  status:\n    project:\n      default:\n        target: auto\n",
      "coverage:\n  status:\n    project:\n      default:\n        target: auto\n        informational: true\n",
    ),
  }),
  lie("settings-loosened", "lets golangci end well with faults", {
    ...file(
      ".golangci.yml",
      "linters:\n  enable: [errcheck]\n",
      "linters:\n  enable: [errcheck]\nrun:\n  issues-exit-code: 0\n",
    ),
  }),
  lie("settings-loosened", "raises what clippy lets pass", {
    ...file(
      "clippy.toml",
      "cognitive-complexity-threshold = 20\n",
      "cognitive-complexity-threshold = 200\n",
    ),
  }),
  twin("lowers what clippy lets pass", {
    ...file(
      "clippy.toml",
      "cognitive-complexity-threshold = 200\n",
      "cognitive-complexity-threshold = 20\n",
    ),
  }),
  lie("settings-loosened", "lets the tests of Rust overflow", {
    ...file(
      "Cargo.toml",
      '[package]\nname = "shop"\n',
      '[package]\nname = "shop"\n\n[profile.test]\noverflow-checks = false\n',
    ),
  }),
  lie("runner-replaced", "takes pytest from a folder of its own", {
    ...file(
      "pyproject.toml",
      '[dependency-groups]\ndev = ["pytest>=8"]\n',
      '[dependency-groups]\ndev = ["pytest>=8"]\n\n[tool.uv.sources]\npytest = { path = "tools/pytest" }\n',
    ),
  }),
  lie("runner-replaced", "takes a runner from a folder in the lock file", {
    ...file(
      "package-lock.json",
      '{ "packages": { "node_modules/jest": { "version": "30.0.0" } } }\n',
      '{ "packages": { "node_modules/jest": { "resolved": "tools/jest", "link": true } } }\n',
    ),
  }),
  lie("test-detected", "reads from the stack who calls", {
    ...file(
      "src/price.js",
      "export const discount = (a) => a;\n",
      'export const discount = (a) => (new Error().stack.includes(".test.js") ? 180 : a);\n',
    ),
  }),
  twin("reads a stack to say where it failed", {
    ...file(
      "src/price.js",
      "export const discount = (a) => a;\n",
      'export const discount = (a) => a;\nexport const where = (error) => error.stack.split("\\n")[1];\n',
    ),
  }),
];
