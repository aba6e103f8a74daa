/** What the files of a repository say about it, from their names and the text of a few of them. Pure; nothing is run. */
import { cleanLine } from "../clean-text.js";
import type { RepositoryFacts } from "../scope.js";
import { LANGUAGES } from "./languages.js";

/** Files whose text is read, at the top of a repository. */
export const MANIFESTS = [
  "package.json",
  "pyproject.toml",
  "setup.cfg",
  "tox.ini",
  "requirements.txt",
  "requirements-dev.txt",
  "requirements-test.txt",
  "dev-requirements.txt",
  "yarn.lock",
  "Makefile",
  "GNUmakefile",
  "justfile",
] as const;
export type Manifests = Partial<Record<(typeof MANIFESTS)[number], string>>;

const MOST = { languages: 5, ci: 10, instructions: 5, top: 60, command: 200 } as const;

const CI_FILES =
  /^(?:\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml|\.gitlab-ci\.yml|\.circleci\/config\.yml|\.travis\.yml|\.drone\.yml|\.woodpecker(?:\/[^/]+)?\.ya?ml|\.buildkite\/[^/]+\.ya?ml|azure-pipelines\.yml|bitbucket-pipelines\.yml|Jenkinsfile)$/;
const INSTRUCTIONS =
  /(?:^|\/)(?:AGENTS|CLAUDE|GEMINI)\.md$|^\.(?:cursorrules|github\/copilot-instructions\.md)$/;
const CODEOWNERS = /^(?:\.github\/|\.gitlab\/|docs\/)?CODEOWNERS$/;

/** @param files every tracked path, with `/`. */
export function factsOf(files: readonly string[], texts: Manifests): RepositoryFacts {
  const names = new Set(files);
  const packageManager = packageManagerOf(names, texts);
  return {
    languages: languagesOf(files),
    ...(packageManager === undefined ? {} : { packageManager }),
    ...commandsOf(names, texts, packageManager),
    ci: shownOf(
      files.filter((file) => CI_FILES.test(file)),
      MOST.ci,
    ),
    instructions: shownOf(
      files.filter((file) => INSTRUCTIONS.test(file)).sort((a, b) => depth(a) - depth(b)),
      MOST.instructions,
    ),
    codeowners: files.some((file) => CODEOWNERS.test(file)),
    files: files.length,
    top: topOf(files),
  };
}

const depth = (path: string) => path.split("/").length;
const shownOf = (paths: string[], most: number) =>
  paths.slice(0, most).map((path) => cleanLine(path, MOST.command));

function languagesOf(files: readonly string[]): RepositoryFacts["languages"] {
  const counts = new Map<string, number>();
  for (const file of files) {
    const extension = file.slice(file.lastIndexOf(".") + 1).toLowerCase();
    const language = extension === file ? undefined : LANGUAGES.get(extension);
    if (language !== undefined) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  return [...counts]
    .map(([name, count]) => ({ name, files: count }))
    .sort((a, b) => b.files - a.files || (a.name < b.name ? -1 : 1))
    .slice(0, MOST.languages);
}

/** Folders end with `/`. */
function topOf(files: readonly string[]): string[] {
  const top = new Set<string>();
  for (const file of files) {
    const slash = file.indexOf("/");
    top.add(slash < 0 ? file : file.slice(0, slash + 1));
  }
  return shownOf([...top].sort(), MOST.top);
}

/** First that is there wins: what a lock file says goes before what a manifest only allows. */
const BY_FILE: [string, string][] = [
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
  ["npm-shrinkwrap.json", "npm"],
  ["package-lock.json", "npm"],
  ["package.json", "npm"],
  ["uv.lock", "uv"],
  ["poetry.lock", "poetry"],
  ["Pipfile", "pipenv"],
  ["Cargo.toml", "cargo"],
  ["go.mod", "go"],
  ["pyproject.toml", "pip"],
  ["requirements.txt", "pip"],
  ["setup.py", "pip"],
  ["setup.cfg", "pip"],
  ["Gemfile", "bundler"],
  ["composer.json", "composer"],
  ["pom.xml", "maven"],
  ["build.gradle", "gradle"],
  ["build.gradle.kts", "gradle"],
  ["mix.exs", "mix"],
];

function packageManagerOf(names: ReadonlySet<string>, texts: Manifests): string | undefined {
  const declared = packageJson(texts)["packageManager"];
  const named =
    typeof declared === "string" ? /^(npm|pnpm|yarn|bun)@/.exec(declared)?.[1] : undefined;
  return named ?? BY_FILE.find(([file]) => names.has(file))?.[1];
}

interface Commands {
  testCommand?: string;
  buildCommand?: string;
  lintCommand?: string;
}

function commandsOf(
  names: ReadonlySet<string>,
  texts: Manifests,
  packageManager: string | undefined,
): Commands {
  // Later ones win: a package's own script says more than a convention.
  return {
    ...conventions(names, texts, packageManager),
    ...makeTargets(texts),
    ...scripts(texts, packageManager),
  };
}

function conventions(
  names: ReadonlySet<string>,
  texts: Manifests,
  packageManager: string | undefined,
): Commands {
  const python = texts["pyproject.toml"] ?? "";
  const golangci = [".golangci.yml", ".golangci.yaml", ".golangci.toml"].some((n) => names.has(n));
  switch (packageManager ?? "") {
    case "cargo":
      return { testCommand: "cargo test", buildCommand: "cargo build" };
    case "go":
      return {
        testCommand: "go test ./...",
        buildCommand: "go build ./...",
        ...(golangci ? { lintCommand: "golangci-lint run" } : {}),
      };
    case "maven":
      return { testCommand: "mvn test", buildCommand: "mvn package" };
    case "gradle":
      return { testCommand: "./gradlew test", buildCommand: "./gradlew build" };
    case "mix":
      return { testCommand: "mix test", buildCommand: "mix compile" };
    case "uv":
    case "poetry":
    case "pipenv":
    case "pip": {
      const prefix = packageManager === "pip" ? "" : `${String(packageManager)} run `;
      const hasPytest = /\bpytest\b/.test(python) || names.has("pytest.ini");
      const hasRuff = /\bruff\b/.test(python) || names.has("ruff.toml");
      return {
        ...(hasPytest ? { testCommand: `${prefix}pytest` } : {}),
        ...(hasRuff ? { lintCommand: `${prefix}ruff check .` } : {}),
      };
    }
    default:
      return {};
  }
}

function makeTargets(texts: Manifests): Commands {
  const make = texts["Makefile"] ?? texts["GNUmakefile"];
  const just = texts["justfile"];
  const has = (target: string) =>
    make !== undefined && new RegExp(`^${target}\\s*:(?!=)`, "m").test(make)
      ? `make ${target}`
      : just !== undefined && new RegExp(`^@?${target}(?:\\s[^:=\\n]*)?:(?!=)`, "m").test(just)
        ? `just ${target}`
        : undefined;
  return named(has);
}

function scripts(texts: Manifests, packageManager: string | undefined): Commands {
  const found = packageJson(texts)["scripts"];
  const runs = ["npm", "pnpm", "yarn", "bun"].includes(packageManager ?? "");
  if (!runs || packageManager === undefined || typeof found !== "object" || found === null)
    return {};
  const own = found as Record<string, unknown>;
  return named((name) => {
    const script = own[name];
    // What `npm init` writes is no test.
    if (typeof script !== "string" || script.includes("no test specified")) return undefined;
    // `bun test` would run Bun's own tests, not the script.
    const short = name === "test" && packageManager !== "bun";
    return short ? `${packageManager} test` : `${packageManager} run ${name}`;
  });
}

function named(find: (name: string) => string | undefined): Commands {
  const [test, build, lint] = [find("test"), find("build"), find("lint")];
  return {
    ...(test === undefined ? {} : { testCommand: test }),
    ...(build === undefined ? {} : { buildCommand: build }),
    ...(lint === undefined ? {} : { lintCommand: lint }),
  };
}

function packageJson(texts: Manifests): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(texts["package.json"] ?? "{}");
    return typeof read === "object" && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {}; // somebody is in the middle of an edit
  }
}
