/** The fault agent as an agent of this host. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createAcpAgent } from "../../activities/adapters/acp/acp-agent.js";
import type { AcpAgentDependencies } from "../../activities/adapters/acp/acp-agent.js";
import type { AgentDefinition } from "../../domain/agents.js";
import type { AttemptPorts } from "../activities/attempt-fixture.js";

const root = process.cwd();
const loader = pathToFileURL(join(root, "node_modules/tsx/dist/loader.mjs")).href;

export const faultDefinition = (
  fault: string,
  more: Partial<AgentDefinition> = {},
): AgentDefinition => ({
  name: "faulty",
  command: [process.execPath, "--import", loader, join(root, "test/agents/fault-agent.ts")],
  install: "npm install -g faulty",
  gateway: "none",
  files: {},
  unmetered: true,
  reportsCost: false,
  login: [],
  authMethods: [],
  silenceMs: 60_000,
  turnMs: 120_000,
  ...more,
  env: { FAULT: fault, ...more.env },
});

/** For `agents` of the attempt fixture. */
export const withFaulty =
  (definition: AgentDefinition, more: Partial<AcpAgentDependencies> = {}) =>
  (ports: AttemptPorts) => ({
    faulty: createAcpAgent(definition, {
      ...ports,
      userHome: ports.root,
      gateway: { open: () => Promise.reject(new Error("nobody asked for a gateway")) },
      scrub: (text) => text,
      ...more,
    }),
  });
