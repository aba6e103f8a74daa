import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { factsOf, type Manifests } from "../../../domain/interview/repository-facts.js";

const scripts = (own: Record<string, string>) => JSON.stringify({ scripts: own });

describe("what files say about a repository", () => {
  it("is languages, package manager, commands, CI, instructions and owners", () => {
    const files = [
      "package.json",
      "pnpm-lock.yaml",
      "src/a.ts",
      "src/b.tsx",
      "tools/x.py",
      ".github/workflows/ci.yml",
      ".github/CODEOWNERS",
      "packages/web/AGENTS.md",
      "AGENTS.md",
      "CLAUDE.md",
    ];
    const texts = { "package.json": scripts({ test: "jest", build: "tsc", lint: "eslint ." }) };
    expect(factsOf(files, texts)).toEqual({
      languages: [
        { name: "TypeScript", files: 2 },
        { name: "Python", files: 1 },
      ],
      packageManager: "pnpm",
      testCommand: "pnpm test",
      buildCommand: "pnpm run build",
      lintCommand: "pnpm run lint",
      ci: [".github/workflows/ci.yml"],
      instructions: ["AGENTS.md", "CLAUDE.md", "packages/web/AGENTS.md"],
      codeowners: true,
      files: 10,
      top: [
        ".github/",
        "AGENTS.md",
        "CLAUDE.md",
        "package.json",
        "packages/",
        "pnpm-lock.yaml",
        "src/",
        "tools/",
      ],
    });
  });

  const cases: [string[], Manifests, string | undefined][] = [
    [["Cargo.toml"], {}, "cargo test"],
    [["go.mod"], {}, "go test ./..."],
    [
      ["uv.lock", "pyproject.toml"],
      { "pyproject.toml": "[tool.pytest.ini_options]" },
      "uv run pytest",
    ],
    [["pyproject.toml"], { "pyproject.toml": "dependencies = ['pytest']" }, "pytest"],
    [["Makefile"], { Makefile: "all:\n\ntest: build\n\tgo vet\n" }, "make test"],
    [["justfile"], { justfile: "test *args:\n  cargo test\n" }, "just test"],
    [["bun.lock", "package.json"], { "package.json": scripts({ test: "vitest" }) }, "bun run test"],
    [
      ["package.json"],
      { "package.json": scripts({ test: 'echo "Error: no test specified"' }) },
      undefined,
    ],
    [["package.json"], { "package.json": "{ half" }, undefined],
    [["Makefile"], { Makefile: "test := 1\nTESTS = test:\n" }, undefined],
    [[], {}, undefined],
  ];
  it.each(cases)("of %j with %j is the test command %j", (files, texts, command) => {
    expect(factsOf(files, texts).testCommand).toBe(command);
  });

  it("stays small for any repository", () => {
    const paths = fc.array(fc.string({ unit: "binary", minLength: 1 }), { maxLength: 200 });
    fc.assert(
      fc.property(paths, fc.json(), fc.string(), (files, json, text) => {
        const many = files.flatMap((file) => [file, `${file}/AGENTS.md`, `${file}.ts`]);
        const facts = factsOf(many, {
          "package.json": json,
          Makefile: text,
          "pyproject.toml": text,
        });
        expect(facts.top.length).toBeLessThanOrEqual(60);
        expect(facts.instructions.length).toBeLessThanOrEqual(5);
        expect(facts.languages.length).toBeLessThanOrEqual(5);
      }),
    );
  });
});
