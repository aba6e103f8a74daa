/** Python: packages go into an environment of its own in HOME, outside of the checkout; tests are pytest's, which runs unittest's too. */
import type { Step } from "../detection.js";
import type { Manifests } from "../interview/repository-facts.js";

const VENV = '"$HOME/venv"';
const REQUIREMENTS = [
  "requirements.txt",
  "requirements-dev.txt",
  "requirements-test.txt",
  "dev-requirements.txt",
] as const;
const EXTRAS = ["test", "tests", "testing", "dev"];

/** Managers that keep an environment of their own, with what puts it outside of the checkout. */
const MANAGED: [lock: string, install: string, run: string][] = [
  [
    "uv.lock",
    `UV_PROJECT_ENVIRONMENT=${VENV} uv sync --frozen`,
    `UV_PROJECT_ENVIRONMENT=${VENV} uv run --frozen`,
  ],
  ["poetry.lock", "poetry install --no-interaction", "poetry run"],
  ["Pipfile.lock", "pipenv sync --dev", "pipenv run"],
];

/** @param isSecond another toolchain is there too: packages are only installed for tests. */
export function pythonSteps(files: readonly string[], texts: Manifests, isSecond: boolean): Step[] {
  const names = new Set(files);
  const sources = [texts["pyproject.toml"], texts["setup.cfg"], texts["tox.ini"]];
  const requirements = REQUIREMENTS.filter((name) => names.has(name));
  const isPython =
    sources.some((text) => text !== undefined) || requirements.length > 0 || names.has("setup.py");
  if (!isPython) return [];
  const hasTests =
    [...sources, ...requirements.map((name) => texts[name])].some((text) =>
      /\bpytest\b/.test(text ?? ""),
    ) || files.some((file) => TEST_FILE.test(file));
  if (isSecond && !hasTests) return [];
  const lint = /^\[tool\.ruff\b/m.test(texts["pyproject.toml"] ?? "") || names.has("ruff.toml");
  const managed = MANAGED.find(([lock]) => names.has(lock));
  const [, install, prefix] = managed ?? [
    "",
    installOf(names, texts, requirements, [
      ...(hasTests ? ["pytest"] : []),
      ...(lint ? ["ruff"] : []),
    ]),
    undefined,
  ];
  const run = (command: string) =>
    prefix === undefined ? `"$HOME/venv/bin/python" -m ${command}` : `${prefix} ${command}`;
  const step = (kind: Step["kind"], command: string): Step => ({
    kind,
    run: command,
    by: "convention",
  });
  return [
    step("install", install),
    ...(lint ? [step("lint", run("ruff check ."))] : []),
    ...(hasTests ? [step("test", run("pytest"))] : []),
  ];
}

const TEST_FILE = /(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.py$|^pytest\.ini$/;

/** Tools are asked for beside the project's own words, which say the version where they name one. */
function installOf(
  names: ReadonlySet<string>,
  texts: Manifests,
  requirements: readonly string[],
  tools: readonly string[],
): string {
  const pyproject = texts["pyproject.toml"] ?? "";
  const isPackage =
    /^\[(?:project|build-system|tool\.poetry)\]/m.test(pyproject) ||
    /^\[metadata\]/m.test(texts["setup.cfg"] ?? "") ||
    names.has("setup.py");
  const extras = extrasOf(pyproject);
  const wanted = [
    ...requirements.map((name) => `-r ${name}`),
    ...(isPackage ? [`-e ".${extras.length === 0 ? "" : `[${extras.join(",")}]`}"`] : []),
    ...tools,
  ];
  const pip = `"$HOME/venv/bin/pip" install -q ${wanted.join(" ")}`;
  return [`python3 -m venv ${VENV}`, ...(wanted.length === 0 ? [] : [pip])].join(" && ");
}

/** Names of its optional dependencies that tests usually need. */
function extrasOf(pyproject: string): string[] {
  const [, section = ""] =
    /^\[project\.optional-dependencies\]\n([\s\S]*?)(?:^\[[a-z"]|$(?![\s\S]))/m.exec(pyproject) ??
    [];
  return EXTRAS.filter((name) => new RegExp(`^"?${name}"?\\s*=`, "m").test(section));
}
