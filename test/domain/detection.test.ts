import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { detectSteps, type Step, STEP_KINDS, withPlanTests } from "../../domain/detection.js";
import { MANIFESTS, type Manifests } from "../../domain/interview/repository-facts.js";

const scripts = { build: "b", lint: "l", test: "t" };
const packageJson = (more: object = {}) =>
  JSON.stringify({ scripts, devDependencies: { jest: "30" }, ...more });
const js = (lock: string, more: object = {}): [string[], Manifests] => [
  ["package.json", ...(lock === "" ? [] : [lock])],
  { "package.json": packageJson(more) },
];
const pyproject = '[project]\nname = "x"\n[project.optional-dependencies]\ntest = ["pytest"]\n';

/** What stands in the first column of the table in docs/validation.md, and a checkout that is so. */
const TABLE: [found: string, files: string[], texts: Manifests][] = [
  ["`package.json` with `package-lock.json`", ...js("package-lock.json")],
  ["`package.json` with `pnpm-lock.yaml`", ...js("pnpm-lock.yaml")],
  ["`package.json` with `yarn.lock` of yarn 1", ...js("yarn.lock")],
  [
    "`package.json` with `yarn.lock` of yarn 2 and later",
    ["package.json", "yarn.lock"],
    { "package.json": packageJson(), "yarn.lock": "# lock\n\n__metadata:\n  version: 8\n" },
  ],
  ["`package.json` with `bun.lock`", ...js("bun.lock")],
  ["`package.json` without a lock file", ...js("")],
  [
    "`requirements.txt`, tests of pytest",
    ["requirements.txt", "test_a.py"],
    { "requirements.txt": "flask\n" },
  ],
  [
    "`pyproject.toml` with an extra `test`, pytest, ruff",
    ["pyproject.toml"],
    { "pyproject.toml": `${pyproject}[tool.ruff]\n` },
  ],
  ["`setup.cfg`, pytest", ["setup.cfg"], { "setup.cfg": "[metadata]\n[tool:pytest]\n" }],
  ["`uv.lock`, pytest", ["uv.lock", "pyproject.toml"], { "pyproject.toml": pyproject }],
  ["`poetry.lock`, pytest", ["poetry.lock", "pyproject.toml"], { "pyproject.toml": pyproject }],
  [
    "`Cargo.toml` with `Cargo.lock`, `clippy.toml`",
    ["Cargo.toml", "Cargo.lock", "clippy.toml"],
    {},
  ],
  ["`go.mod`, `.golangci.yml`", ["go.mod", ".golangci.yml"], {}],
  [
    "`Makefile` with `build`, `lint`, `test`",
    ["Makefile"],
    { Makefile: "build:\n\ntrue\nlint:\n\ntrue\ntest: build\n\ttrue\n" },
  ],
];

const runs = (steps: Step[], kind: Step["kind"]) =>
  steps.filter((step) => step.kind === kind).map(({ run }) => run);

describe("what a fresh checkout is run through", () => {
  it.each(TABLE)("is for %s what the table of docs/validation.md says", (found, files, texts) => {
    const steps = detectSteps(files, texts);
    const cells = STEP_KINDS.map((kind) =>
      runs(steps, kind)
        .map((run) => `\`${run.replaceAll("|", "\\|")}\``)
        .join(", "),
    );
    const document = readFileSync(join(import.meta.dirname, "../../docs/validation.md"), "utf8");
    expect(document.split("\n")).toContain(
      `| ${[found, ...cells.map((cell) => (cell === "" ? "none" : cell))].join(" | ")} |`,
    );
  });

  it("has no script that is not there, no placeholder of npm, and no installing of nothing", () => {
    const text = JSON.stringify({
      scripts: { test: 'echo "Error: no test specified" && exit 1', lint: "eslint ." },
    });
    const steps = detectSteps(["package.json", "package-lock.json"], { "package.json": text });
    expect(steps).toEqual([{ kind: "lint", run: "npm run lint", by: "repository" }]);
  });

  it("is the workspaces' from the top alone", () => {
    const texts = { "package.json": packageJson({ devDependencies: {}, workspaces: ["a", "b"] }) };
    const steps = detectSteps(["package.json", "package-lock.json", "a", "b"], texts);
    expect(steps.map(({ run }) => run)).toEqual([
      "npm ci --no-audit --no-fund",
      "npm run build",
      "npm run lint",
      "npm test",
    ]);
  });

  it("prefers scripts to targets and targets to conventions, and takes more toolchains than one", () => {
    const Makefile = "test:\n\tgo test -race ./...\n";
    expect(runs(detectSteps(["go.mod", "Makefile"], { Makefile }), "test")).toEqual(["make test"]);
    const texts = { Makefile, "package.json": packageJson() };
    expect(runs(detectSteps(["package.json", "Makefile"], texts), "test")).toEqual(["npm test"]);
    const both = detectSteps(["package.json", "pyproject.toml", "tests/test_a.py"], {
      "package.json": packageJson(),
      "pyproject.toml": pyproject,
    });
    expect(runs(both, "install")).toHaveLength(2);
    expect(runs(both, "test")).toEqual(["npm test", '"$HOME/venv/bin/python" -m pytest']);
  });

  it("leaves Python without tests alone where another toolchain is there", () => {
    const files = ["package.json", "requirements.txt"];
    const texts = { "package.json": packageJson(), "requirements.txt": "mkdocs\n" };
    expect(runs(detectSteps(files, texts), "install")).toEqual([
      "npm install --no-audit --no-fund --no-package-lock",
    ]);
  });

  it("is nothing for a manifest that cannot be read, and never an error", () => {
    expect(detectSteps(["package.json"], { "package.json": "{" })).toEqual([]);
    const texts = fc.record(Object.fromEntries(MANIFESTS.map((name) => [name, fc.string()])), {
      requiredKeys: [],
    });
    fc.assert(
      fc.property(fc.subarray([...MANIFESTS, "go.mod"]), texts, (files, found) => {
        const kinds = detectSteps(files, found).map(({ kind }) => STEP_KINDS.indexOf(kind));
        expect(kinds).toEqual(kinds.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe("a plan's own tests", () => {
  const [, files, texts] = TABLE[0] ?? ["", [], {}];
  const detected = detectSteps(files, texts);

  it("take the place of those that were detected, and of nothing else", () => {
    const steps = withPlanTests(detected, ["node check.js"]);
    expect(runs(steps, "test")).toEqual(["node check.js"]);
    expect(runs(steps, "install")).toEqual(["npm ci --no-audit --no-fund"]);
    expect(withPlanTests(detected, undefined)).toEqual(detected);
    expect(runs(withPlanTests(detected, []), "test")).toEqual([]);
  });

  it("install by themselves when they say so", () => {
    expect(runs(withPlanTests(detected, ["npm ci && npm test"]), "install")).toEqual([]);
  });
});
