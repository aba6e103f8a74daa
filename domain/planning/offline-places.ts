/** Where a blueprint's work lies in a repository that is there already. Only known names are taken from it. */
import type { RepositoryFacts } from "../scope.js";

/** By the blueprint's name of a place: what others call it. */
const NAMES: Record<string, readonly string[]> = {
  src: [
    ...["src", "app", "apps", "lib", "packages", "server", "client", "backend", "frontend"],
    ...["web", "api", "cmd", "internal", "pkg", "crates", "source", "Sources"],
  ],
  tests: ["tests", "test", "spec", "__tests__", "e2e"],
  docs: ["docs", "doc", "documentation"],
  data: ["data", "datasets"],
  examples: ["examples", "example", "samples"],
  scripts: ["scripts", "bin", "tools"],
  deploy: ["deploy", "deployment", "infra", "infrastructure", "terraform", "k8s", "helm", "ops"],
  config: [
    ...["package.json", "tsconfig.json", "pyproject.toml", "setup.py", "requirements.txt"],
    ...["Cargo.toml", "go.mod", "pom.xml", "build.gradle", "build.gradle.kts", "Makefile"],
    ...["CMakeLists.txt", "Gemfile", "composer.json"],
  ],
};

const CI_PLACES = [".github/workflows", ".gitlab-ci.yml", ".circleci", "Jenkinsfile", ".drone.yml"];

/** Prefixes for `touches`; the blueprint's own where the repository has nothing of the kind. */
export function placesOf(touches: readonly string[], facts: RepositoryFacts | undefined): string[] {
  return [...new Set(touches.flatMap((path) => placesOfOne(path, facts)))];
}

function placesOfOne(path: string, facts: RepositoryFacts | undefined): string[] {
  const [first = path, ...below] = path.split("/");
  if (first === "ci") {
    const used = CI_PLACES.find((place) => facts?.ci.some((file) => file.startsWith(place)));
    return [used ?? ".github/workflows"];
  }
  const top = new Set(facts?.top.map((name) => name.replace(/\/$/, "")));
  const there = (NAMES[first] ?? []).filter((name) => top.has(name));
  if (there.length === 0) return [path];
  if (below.length === 0) return there;
  return [[there[0], ...below].join("/")];
}

/** True for work on the code itself, which tests and builds can judge. */
export const isOnCode = (touches: readonly string[]): boolean =>
  touches.some((path) => ["src", "tests", "config"].includes(path.split("/")[0] ?? ""));
