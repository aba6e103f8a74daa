import { describe, expect, it } from "@jest/globals";
import { missingTool, notInstalled, probeOf, toolOf } from "../../domain/missing-tools.js";

describe("a command that is not there", () => {
  it.each([
    ["sh: 1: pnpm: not found", "pnpm"],
    ["/bin/sh: 1: pnpm: not found", "pnpm"],
    ["bash: line 1: pnpm: command not found", "pnpm"],
    ["zsh:1: command not found: pnpm", "pnpm"],
    ["/usr/bin/env: ‘pnpm’: No such file or directory", "pnpm"],
    ["> x@1.0.0 build\n> tsc\n\nsh: 1: tsc: not found\n", "tsc"],
  ])("is named from %j", (output, tool) => {
    expect(missingTool(127, output)).toBe(tool);
  });

  it("is not what another exit code or other words tell of", () => {
    expect(missingTool(1, "sh: 1: pnpm: not found")).toBeUndefined();
    expect(missingTool(127, "module x not found")).toBeUndefined();
    expect(missingTool(null, "")).toBeUndefined();
  });

  it("is Python when it cannot make an environment", () => {
    const said =
      "The virtual environment was not created successfully because ensurepip is not available.";
    expect(missingTool(1, said)).toBe("python3");
  });

  it("is said with the one thing that mends it", () => {
    expect(notInstalled("pnpm")).toBe("pnpm is not installed: npm install -g pnpm");
    expect(notInstalled("frob")).toContain("install frob where the worker runs");
  });

  it("is told from what a command begins with", () => {
    expect(toolOf("pnpm install")).toBe("pnpm");
    expect(toolOf('UV_PROJECT_ENVIRONMENT="$HOME/venv" uv sync')).toBe("uv");
    expect(toolOf('"$HOME/venv/bin/python" -m pytest')).toBe("python");
    expect(toolOf("python3 -m venv x && y")).toBe("python3");
    expect(toolOf("cd web && pnpm install")).toBe("pnpm");
    expect(probeOf("cd web && pnpm install")).toBe("command -v pnpm");
  });
});
