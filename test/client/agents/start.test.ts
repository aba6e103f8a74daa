import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Context } from "../../../client/context.js";
import { findAgents } from "../../../client/doctor/agents.js";
import { defaultAgent, needAgents } from "../../../client/start/agents.js";
import { modelsOf } from "../../../client/start/models.js";
import { readEnvironment } from "../../../config/env.js";
import { externalAgents } from "../../../config/agents.js";
import { readPlan } from "../../../domain/read-plan.js";
import { enginePaths } from "../../../store/engine-paths.js";

let root: string;
let context: Context;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "agents-"));
  await mkdir(join(root, "bin"));
  await mkdir(join(root, "engine"));
  const environment = readEnvironment({
    HOME: root,
    PATH: `${join(root, "bin")}:/usr/bin:/bin`,
    MISSIONS_ENGINE_HOME: join(root, "engine"),
  });
  context = { environment, paths: enginePaths(environment.engineHome) } as Context;
});
afterEach(() => rm(root, { recursive: true, force: true }));

const settings = (text: string) => writeFile(context.paths.settings, text);
async function install(program: string, body = "echo 1.2.3"): Promise<void> {
  const path = join(root, "bin", program);
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
}
const planBy = (agent: string) =>
  readPlan({
    title: "T",
    goal: "G",
    budget: { money_usd: 5, time_hours: 5, token_limit: 500_000 },
    milestones: [{ title: "M", features: [{ title: "F", brief: "B", agent }] }],
  });

describe("agents of a plan", () => {
  it("must be known: the nearest name is said, and all of them", async () => {
    await expect(needAgents(context, planBy("opncode"), {})).rejects.toMatchObject({
      message: "Feature 1.1 names the agent opncode, which is not known. Did you mean opencode?",
      remedy: expect.stringContaining(
        "script, builtin, manual, claude-code, codex, opencode, gemini",
      ),
    });
    expect(() => defaultAgent(context, "claud-code")).toThrow(
      "There is no agent claud-code. Did you mean claude-code?",
    );
  });

  it("must be installed where this machine works", async () => {
    await expect(needAgents(context, planBy("codex"), {})).rejects.toMatchObject({
      message: "The agent codex is not on this machine: there is no program codex-acp on PATH.",
      remedy: expect.stringContaining("npm install -g @agentclientprotocol/codex-acp"),
    });
    await install("codex-acp");
    await expect(needAgents(context, planBy("codex"), {})).resolves.toBeDefined();
  });

  it("must speak with the model that they are to use", async () => {
    await install("codex-acp");
    const routing = { workers: "anthropic/claude-sonnet-5" };
    await expect(needAgents(context, planBy("codex"), routing)).rejects.toMatchObject({
      message: expect.stringContaining("codex speaks the interface of openai"),
    });
  });

  it("that pay by themselves need a person's word, and no model", async () => {
    await install("claude-agent-acp");
    await settings("agents: {claude-code: {gateway: none}}\n");
    const plan = planBy("claude-code");
    await expect(needAgents(context, plan, {})).rejects.toMatchObject({
      remedy: expect.stringContaining("unmetered: true"),
    });
    await settings("agents: {claude-code: {gateway: none, unmetered: true}}\n");
    const known = await needAgents(context, plan, {});
    expect(modelsOf(plan, {}, known)).toEqual({ models: [], unnamed: [] });
  });

  it("of the settings are agents like the others, and the default where the settings say so", async () => {
    await settings("agent: mine\nagents: {mine: {command: [mine-acp], gateway: anthropic}}\n");
    await install("mine-acp");
    expect(defaultAgent(context)).toBe("mine");
    const known = await needAgents(context, planBy("mine"), {});
    expect(known.get("mine")?.env).toEqual({
      ANTHROPIC_BASE_URL: "{address}",
      ANTHROPIC_API_KEY: "{token}",
    });
  });

  it("are refused in the settings where a file would leave the home or a name is ours", async () => {
    for (const text of [
      "agents: {mine: {files: {'../x': y}}}\n",
      "agents: {mine: {files: {'/etc/x': y}}}\n",
      "agents: {builtin: {command: [x]}}\n",
      "agents: {mine: {command: []}}\n",
      "agents: {mine: {comand: [x]}}\n",
    ]) {
      await settings(text);
      expect(() => defaultAgent(context)).toThrow("The settings cannot be used");
    }
  });
});

describe("doctor", () => {
  it("finds installed agents with version, login and guarantee, and names the others", async () => {
    await install("opencode", "echo opencode 1.18.33");
    await install("gemini", "sleep 0; exit 1");
    await mkdir(join(root, ".gemini"));
    await writeFile(join(root, ".gemini", "oauth_creds.json"), "{}");
    const findings = await findAgents(context.environment);
    expect(findings.map(({ found }) => found)).toEqual([
      "opencode 1.18.33, through the gateway, no login of its own; held to its slice before each call",
      "gemini (does not say its version), through the gateway, logged in; held to its slice before each call",
      "not installed, and needed only where a plan names them: claude-code, codex",
    ]);
  });

  it("warns of an agent that pays by itself without leave, or without a login", async () => {
    await install("claude-agent-acp");
    await settings("agents: {claude-code: {gateway: none}}\n");
    expect((await findAgents(context.environment))[0]).toMatchObject({ ok: "warn" });
    await settings("agents: {claude-code: {gateway: none, unmetered: true}}\n");
    expect((await findAgents(context.environment))[0]).toMatchObject({
      ok: "warn",
      found: "claude-code 1.2.3, pays by itself, no login of its own; held to its slice on stream",
      remedy: expect.stringContaining("Log in"),
    });
  });

  it("knows every agent that is built in", () => {
    expect([...externalAgents({}).keys()]).toEqual(["claude-code", "codex", "opencode", "gemini"]);
  });
});
