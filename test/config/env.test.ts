import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { readEnvironment, takeVendorKey, VARIABLES } from "../../config/env.js";
import { Problem } from "../../domain/problem.js";

const HOME = "/home/ann";

function problemOf(env: Record<string, string>): Problem {
  try {
    readEnvironment({ HOME, ...env });
  } catch (error) {
    if (error instanceof Problem) return error;
  }
  throw new Error("no problem was thrown");
}

describe("readEnvironment", () => {
  it("puts everything below the user's home when nothing is set", () => {
    const environment = readEnvironment({ HOME, INIT_CWD: "/somewhere" });
    expect(environment).toMatchObject({
      home: "/home/ann/.aidevops/missions",
      engineHome: "/home/ann/.aidevops/missions-engine",
      cacheHome: "/home/ann/.cache/missions",
      projectsHome: "/home/ann/missions",
      callerFolder: "/somewhere",
      temporalPort: 7233,
      uiPort: 8233,
      onGateCommand: undefined,
      compatibleApiKey: undefined,
      noColor: false,
      vendorKeysInShell: [],
      unknownVariables: [],
    });
    expect(Object.isFrozen(environment)).toBe(true);
  });

  it("reads folders from the caller's folder and from the tilde", () => {
    const environment = readEnvironment({
      HOME,
      INIT_CWD: "/work-dir",
      MISSIONS_HOME: "~/m",
      MISSIONS_ENGINE_HOME: "engine",
      XDG_CACHE_HOME: "/cache",
    });
    expect(environment.home).toBe("/home/ann/m");
    expect(environment.engineHome).toBe("/work-dir/engine");
    expect(environment.cacheHome).toBe("/cache/missions");
  });

  it("makes no repositories in a clone at ~/missions, unless it is named", async () => {
    const home = await mkdtemp(join(tmpdir(), "env-"));
    try {
      await mkdir(join(home, "missions", ".git"), { recursive: true });
      expect(readEnvironment({ HOME: home }).projectsHome).toBe(join(home, "mission-projects"));
      expect(readEnvironment({ HOME: home, MISSIONS_PROJECTS: "~/missions" }).projectsHome).toBe(
        join(home, "missions"),
      );
    } finally {
      await rm(home, { recursive: true });
    }
  });

  it("takes an empty variable for an unset one", () => {
    expect(readEnvironment({ HOME, MISSIONS_HOME: "", MISSIONS_TEMPORAL_PORT: " " })).toMatchObject(
      { home: "/home/ann/.aidevops/missions", temporalPort: 7233 },
    );
  });

  it("moves the Web UI along with the server's port", () => {
    expect(readEnvironment({ HOME, MISSIONS_TEMPORAL_PORT: "9000" }).uiPort).toBe(10_000);
    expect(readEnvironment({ HOME, MISSIONS_TEMPORAL_PORT: "65000" }).uiPort).toBe(8233);
  });

  it("reports all problems together, each with its variable and an example", () => {
    const problem = problemOf({
      MISSIONS_TEMPORAL_PORT: "7e9",
      MISSIONS_COMPATIBLE_BASE_URL: "ftp://models",
      TEMPORAL_ADDRESS: "https://cloud/7233",
    });
    for (const name of [
      "MISSIONS_TEMPORAL_PORT",
      "MISSIONS_COMPATIBLE_BASE_URL",
      "TEMPORAL_ADDRESS",
    ]) {
      expect(problem.message).toContain(name);
      expect(problem.remedy).toContain(`${name}=`);
    }
  });

  it("never repeats a value that it refuses, which may be a key in the wrong place", () => {
    const problem = problemOf({ MISSIONS_COMPATIBLE_BASE_URL: "sk-wrong-place" });
    expect(problem.message + problem.remedy).not.toContain("sk-wrong-place");
  });

  it("keeps no worker here where MISSIONS_WORKERS says elsewhere", () => {
    const workers = (value?: string) =>
      readEnvironment({ HOME, MISSIONS_WORKERS: value }).workersElsewhere;
    expect([workers(), workers("here"), workers("elsewhere")]).toEqual([false, false, true]);
    expect(problemOf({ MISSIONS_WORKERS: "nowhere" }).message).toContain("here or elsewhere");
  });

  it("names variables that nothing reads", () => {
    expect(readEnvironment({ HOME, MISSIONS_HOEM: "/x" }).unknownVariables).toEqual([
      "MISSIONS_HOEM",
    ]);
  });

  it("names vendors' keys without holding them", () => {
    const environment = readEnvironment({
      HOME,
      OPENAI_API_KEY: "sk-value",
      ANTHROPIC_API_KEY: "",
    });
    expect(environment.vendorKeysInShell).toEqual(["OPENAI_API_KEY"]);
    expect(inspect(environment, { depth: 9, showHidden: true })).not.toContain("sk-value");
    for (const child of ["worker", "server", "tool", "editor"] as const) {
      expect(Object.values(environment.childVariables(child))).not.toContain("sk-value");
    }
  });

  it("prints no secret, however it is printed", () => {
    const environment = readEnvironment({ HOME, MISSIONS_COMPATIBLE_API_KEY: "sk-compatible" });
    const printed = [
      JSON.stringify(environment),
      inspect(environment, { depth: 9, showHidden: true }),
      String(environment.compatibleApiKey),
    ].join();
    expect(printed).not.toContain("sk-compatible");
    expect(printed).toContain("[secret]");
    expect(environment.compatibleApiKey?.reveal()).toBe("sk-compatible");
  });

  it("builds a child's environment from nothing", () => {
    const environment = readEnvironment({
      HOME,
      PATH: "/bin",
      LANG: "C.UTF-8",
      MISSIONS_ON_GATE: "true",
      TEMPORAL_ADDRESS: "a:1",
      AWS_SECRET_ACCESS_KEY: "aws",
      NODE_OPTIONS: "--inspect",
      HTTPS_PROXY: "http://proxy",
      GOFLAGS: "-mod=mod",
    });
    expect(environment.childVariables("worker")).toEqual({
      HOME,
      PATH: "/bin",
      LANG: "C.UTF-8",
      MISSIONS_ON_GATE: "true",
      TEMPORAL_ADDRESS: "a:1",
      MISSIONS_HOME: "/home/ann/.aidevops/missions",
      MISSIONS_ENGINE_HOME: "/home/ann/.aidevops/missions-engine",
      MISSIONS_PROJECTS: "/home/ann/missions",
    });
    expect(environment.childVariables("server")).toEqual({ HOME, PATH: "/bin", LANG: "C.UTF-8" });
    expect(environment.childVariables("tool")).toEqual({
      HOME,
      PATH: "/bin",
      LANG: "C.UTF-8",
      HTTPS_PROXY: "http://proxy",
      GOFLAGS: "-mod=mod",
    });
  });

  it("knows the person's editor, VISUAL before EDITOR, and lets it reach terminal and screen", () => {
    const editorOf = (env: Record<string, string>) => readEnvironment({ HOME, ...env }).editor;
    expect(editorOf({ VISUAL: "code --wait", EDITOR: "nano" })).toBe("code --wait");
    expect(editorOf({ VISUAL: " ", EDITOR: "nano" })).toBe("nano");
    expect(editorOf({})).toBeUndefined();
    const shell = {
      HOME,
      TERM: "xterm",
      DISPLAY: ":0",
      LC_ALL: "C",
      MISSIONS_HOME: "/m",
      TOKEN: "t",
    };
    expect(readEnvironment(shell).childVariables("editor")).toEqual({
      HOME,
      TERM: "xterm",
      DISPLAY: ":0",
      LC_ALL: "C",
    });
  });
});

describe("takeVendorKey", () => {
  it("gives the one key that was asked for, as a secret", () => {
    const key = takeVendorKey("OPENAI_API_KEY", { OPENAI_API_KEY: "sk-value" });
    expect(key?.reveal()).toBe("sk-value");
    expect(String(key)).toBe("[secret]");
    expect(takeVendorKey("ANTHROPIC_API_KEY", {})).toBeUndefined();
  });
});

describe(".env.example", () => {
  it("lists exactly the variables that are read, with the same examples", async () => {
    const text = await readFile(new URL("../../.env.example", import.meta.url), "utf8");
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines).toEqual(
      Object.entries(VARIABLES).map(([name, { example }]) => `${name}=${example}`),
    );
  });

  it("holds values that are accepted", async () => {
    const examples = Object.entries(VARIABLES).map(([name, { example }]) => [name, example]);
    expect(() =>
      readEnvironment({ HOME, ...(Object.fromEntries(examples) as Record<string, string>) }),
    ).not.toThrow();
  });
});
