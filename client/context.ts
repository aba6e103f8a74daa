/** What every command is given: the environment, the engine's folders and where to write. */
import { userInfo } from "node:os";
import type { Client } from "@temporalio/client";
import { readEnvironment, type Environment } from "../config/env.js";
import { missionWorkflowId } from "../domain/ids.js";
import type { Actor } from "../domain/mission.js";
import { EXIT, Problem } from "../domain/problem.js";
import { enginePaths, type EnginePaths } from "../store/engine-paths.js";
import type { Streams } from "./terminal/ask.js";
import { createOutput, type Output } from "./terminal/output.js";

export interface Globals {
  json?: boolean | undefined;
  verbose?: boolean | undefined;
  color?: boolean | undefined;
}

export interface Context {
  environment: Environment;
  paths: EnginePaths;
  output: Output;
  verbose: boolean;
  by: Actor;
  /** Where a start asks; left out: the terminal. */
  streams?: Streams | undefined;
}

export function createContext(globals: Globals): Context {
  const environment = readEnvironment();
  const color = globals.color !== false && !environment.noColor;
  const output = createOutput({ json: globals.json === true, color });
  for (const name of environment.unknownVariables) {
    output.note(`Nothing reads the environment variable ${name}: is it spelled right?`);
  }
  return {
    environment,
    paths: enginePaths(environment.engineHome, environment.store),
    output,
    verbose: globals.verbose === true,
    by: { who: userName(), from: "cli" },
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown"; // a container's user may have no name
  }
}

/** @returns undefined where the server is not ours and its Web UI is not known. */
export async function webUiLink(
  { environment }: Context,
  missionId: string,
): Promise<string | undefined> {
  const { resolveTarget } = await import("../config/connection.js");
  const { uiUrl, namespace } = resolveTarget(environment);
  if (uiUrl === undefined) return undefined;
  const workflow = encodeURIComponent(missionWorkflowId(missionId));
  return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${workflow}`;
}

/** Connects, runs `work`, and closes. @throws Problem noServer with the remedy when no server answers. */
export async function withClient<T>(
  context: Context,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { connectClient, resolveTarget } = await import("../config/connection.js");
  const { client, close } = await connectClient(resolveTarget(context.environment));
  try {
    return await work(client);
  } finally {
    await close();
  }
}

/** Like `withClient`, but without a server the work gets no client instead of failing. */
export async function withClientIfThere<T>(
  context: Context,
  work: (client: Client | undefined) => Promise<T>,
): Promise<T> {
  const { connectClient, resolveTarget } = await import("../config/connection.js");
  const target = resolveTarget(context.environment);
  const connected = await connectClient(target).catch((error: unknown) => {
    if (error instanceof Problem && error.exitCode === EXIT.noServer) return undefined;
    throw error;
  });
  try {
    return await work(connected?.client);
  } finally {
    await connected?.close();
  }
}
