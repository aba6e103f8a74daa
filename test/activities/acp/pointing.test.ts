import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  isPlainModel,
  pointed,
  writeHomeFiles,
} from "../../../activities/adapters/acp/pointing.js";
import { BUILT_IN_AGENTS, externalAgents } from "../../../config/agents.js";

const POINT = { address: "http://127.0.0.1:4100", token: "t0ken", model: "openai/gpt-5.5" };

describe("pointing an agent at the gateway", () => {
  it("fills in address, interface, model and token, and leaves every other brace", () => {
    const { env, files } = pointed(
      {
        env: { A: "{address} {base_url} {token}", B: '{"x": {provider}/{model}}', C: "{other}" },
        files: { "a/b": "{npm}" },
      },
      POINT,
    );
    expect(env).toEqual({
      A: "http://127.0.0.1:4100/openai http://127.0.0.1:4100/openai/v1 t0ken",
      B: '{"x": openai/gpt-5.5}',
      C: "{other}",
    });
    expect(files).toEqual({ "a/b": "@ai-sdk/openai" });
  });

  it("gives each agent that is built in files and variables that can be read", () => {
    const model = {
      anthropic: "anthropic/c",
      openai: "openai/o",
      google: "google/g",
      any: "demo/d",
    };
    for (const definition of BUILT_IN_AGENTS) {
      if (definition.gateway === "none") throw new Error("it would need a person's word");
      const { env, files } = pointed(definition, { ...POINT, model: model[definition.gateway] });
      const texts = [...Object.values(env), ...Object.values(files)];
      expect(texts.join("\n")).toContain("t0ken");
      expect(texts.join("\n")).not.toMatch(/\{(address|base_url|token|model|npm)\}/);
      for (const text of texts.filter((each) => each.startsWith("{"))) JSON.parse(text);
    }
  });

  it("takes only names of models that no file format reads anything into", () => {
    expect(isPlainModel("openrouter/meta/llama-4:free")).toBe(true);
    for (const name of ['openai/a"b', "openai/a\nb", "openai/{token}", "openai/a b", "a"]) {
      expect(isPlainModel(name)).toBe(false);
    }
  });

  it("points nothing that pays by itself", () => {
    const { env } = externalAgents({ codex: { gateway: "none", env: { A: "{token}" } } }).get(
      "codex",
    ) ?? { env: {} };
    expect(pointed({ env, files: {} }, undefined).env).toMatchObject({ A: "{token}" });
  });
});

describe("files in an agent's home", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "home-"));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it("are for nobody else, and taken away again", async () => {
    const remove = await writeHomeFiles(root, { ".a/b.json": "secret" });
    const path = join(root, ".a/b.json");
    expect(await readFile(path, "utf8")).toBe("secret");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await remove();
    await expect(stat(path)).rejects.toThrow("ENOENT");
  });

  it("are not taken away through links that the agent has put in place of their folders", async () => {
    const home = join(root, "home");
    const other = join(root, "other");
    await mkdir(home);
    await mkdir(other);
    await writeFile(join(other, "config.toml"), "a person's own");
    const remove = await writeHomeFiles(home, { ".codex/config.toml": "new", direct: "new" });
    await rm(join(home, ".codex"), { recursive: true });
    await symlink(other, join(home, ".codex"));
    await remove();
    expect(await readFile(join(other, "config.toml"), "utf8")).toBe("a person's own");
    await expect(stat(join(home, "direct"))).rejects.toThrow("ENOENT");
  });

  it("are never written through links that an earlier attempt left", async () => {
    const home = join(root, "home");
    const other = join(root, "other");
    await mkdir(home);
    await mkdir(other);
    await writeFile(join(other, "mine"), "untouched");
    await symlink(other, join(home, ".config"));
    await symlink(join(other, "mine"), join(home, "direct"));
    await writeHomeFiles(home, { ".config/mine": "new", direct: "new" });
    expect(await readFile(join(other, "mine"), "utf8")).toBe("untouched");
    expect(await readFile(join(home, ".config/mine"), "utf8")).toBe("new");
    expect(await readFile(join(home, "direct"), "utf8")).toBe("new");
  });
});
