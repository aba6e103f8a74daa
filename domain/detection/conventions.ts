/** Toolchains that have the same commands in every repository. */
import type { Step } from "../detection.js";

const steps = (commands: Partial<Record<Step["kind"], string>>): Step[] =>
  Object.entries(commands).map(([kind, run]) => ({
    kind: kind as Step["kind"],
    run,
    by: "convention",
  }));

export function cargoSteps(names: ReadonlySet<string>): Step[] {
  if (!names.has("Cargo.toml")) return [];
  const locked = names.has("Cargo.lock") ? " --locked" : "";
  const hasClippy = names.has("clippy.toml") || names.has(".clippy.toml");
  return steps({
    install: `cargo fetch${locked}`,
    build: "cargo build",
    ...(hasClippy ? { lint: "cargo clippy --all-targets -- -D warnings" } : {}),
    test: "cargo test",
  });
}

const GOLANGCI = [".golangci.yml", ".golangci.yaml", ".golangci.toml"];

/** Tests say their names, because without them nothing says how many there are. */
export const goSteps = (names: ReadonlySet<string>): Step[] =>
  names.has("go.mod")
    ? steps({
        install: "go mod download",
        build: "go build ./...",
        ...(GOLANGCI.some((name) => names.has(name)) ? { lint: "golangci-lint run" } : {}),
        test: "go test -v ./...",
      })
    : [];

/** Those that install by themselves when they build. */
export function otherSteps(names: ReadonlySet<string>): Step[] {
  if (names.has("pom.xml")) return steps({ build: "mvn -q package -DskipTests", test: "mvn test" });
  if (names.has("build.gradle") || names.has("build.gradle.kts"))
    return steps({ build: "./gradlew assemble", test: "./gradlew test" });
  if (names.has("mix.exs"))
    return steps({ install: "mix deps.get", build: "mix compile", test: "mix test" });
  return [];
}
