/** External agents on this machine: which there are, which version, whether they are logged in, and what each guarantees. */
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../../config/env.js";
import { guaranteeOf, type AgentDefinition } from "../../domain/agents.js";
import { Problem } from "../../domain/problem.js";
import { enginePaths } from "../../store/engine-paths.js";
import { findProgram } from "../../store/programs.js";
import { knownAgents } from "../start/agents.js";
import { cleanLine } from "../terminal/clean.js";
import type { DoctorFinding } from "./finding.js";

const VERSION_MS = 10_000;

/** One finding for each agent that is here, and one for those that are not. Credential files are looked for, never read. */
export async function findAgents(environment: Environment): Promise<DoctorFinding[]> {
  let definitions: AgentDefinition[];
  try {
    definitions = [...knownAgents({ paths: enginePaths(environment.engineHome) }).values()];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [{ name: "agents", ok: false, found: error.message, remedy: error.remedy }];
  }
  const looked = await Promise.all(
    definitions.map(async (definition) => ({
      definition,
      program: await findProgram(definition.command[0] ?? "", environment.path),
    })),
  );
  const here = looked.flatMap(({ definition, program }) =>
    program === undefined ? [] : [{ definition, program }],
  );
  const missing = looked.flatMap(({ definition, program }) =>
    program === undefined ? [definition] : [],
  );
  const findings = await Promise.all(
    here.map(({ definition, program }) => findAgent(environment, definition, program)),
  );
  if (missing.length === 0) return findings;
  const [first] = missing;
  return [
    ...findings,
    {
      name: "agents",
      ok: true,
      found: `not installed, and needed only where a plan names them: ${missing.map(({ name }) => name).join(", ")}`,
      ...(first === undefined ? {} : { remedy: `For ${first.name}: ${first.install}` }),
    },
  ];
}

async function findAgent(
  environment: Environment,
  definition: AgentDefinition,
  program: string,
): Promise<DoctorFinding> {
  const { name, gateway, unmetered, login } = definition;
  const [version, isLoggedIn] = await Promise.all([
    versionOf(program, environment),
    someExists(login.map((path) => join(environment.userHome, path))),
  ]);
  const own = login.length === 0 ? "" : `, ${isLoggedIn ? "logged in" : "no login of its own"}`;
  const guarantee = `held to its slice ${guaranteeOf(definition)}`;
  const found = `${name} ${version}, ${gateway === "none" ? `pays by itself${own}` : `through the gateway${own}`}; ${guarantee}`;
  if (gateway === "none" && !unmetered) {
    const remedy = `agents: {${name}: {gateway: none, unmetered: true}} in settings.yaml, where its own word shall count`;
    return { name: "agent", ok: "warn", found, remedy };
  }
  if (gateway === "none" && login.length > 0 && !isLoggedIn) {
    return { name: "agent", ok: "warn", found, remedy: `Log in: run ${program} once` };
  }
  return { name: "agent", ok: true, found };
}

/** The first line that it prints, within a time limit. */
async function versionOf(program: string, environment: Environment): Promise<string> {
  const options = { env: environment.childVariables("server"), timeout: VERSION_MS };
  const said = await new Promise<string>((resolve) => {
    execFile(program, ["--version"], { ...options, maxBuffer: 100_000 }, (error, stdout) => {
      resolve(error === null ? stdout : "");
    }).stdin?.end();
  });
  const version = /\d+\.\d+(?:\.\d+)?[\w.-]*/.exec(said)?.[0];
  return version === undefined ? "(does not say its version)" : cleanLine(version.slice(0, 40));
}

async function someExists(paths: readonly string[]): Promise<boolean> {
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return found.some((each) => each !== undefined);
}
