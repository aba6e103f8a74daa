/** The first words with an agent: which protocol, which session. Whatever is amiss becomes one sentence. */
import * as acp from "@agentclientprotocol/sdk";
import type { AgentDefinition } from "../../../domain/agents.js";
import type { RunningChild } from "../../ports.js";
import type { SessionRecord } from "./session-record.js";

const AUTH_REQUIRED = -32_000;

/** The agent cannot be worked with: the sentence says why. */
export class AgentUnfit extends Error {
  override readonly name = "AgentUnfit";
}

export interface Greeting {
  definition: AgentDefinition;
  child: RunningChild;
  /** The workspace, as the child sees it. */
  cwd: string;
  record: SessionRecord;
}

/** Shakes hands, then takes up the earlier session where the agent can, or begins one. */
export async function shakeHands(
  { definition, child, cwd, record }: Greeting,
  agent: acp.ClientContext,
  request: <T>(work: Promise<T>) => Promise<T>,
  earlier: string | undefined,
): Promise<{ id: string; isResumed: boolean }> {
  const hello = await request(
    agent.request(acp.methods.agent.initialize, {
      protocolVersion: acp.PROTOCOL_VERSION,
      // Nothing is offered: what an agent does, it does by its own tools, inside its sandbox.
      clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
      clientInfo: { name: "missions", version: "1" },
    }),
  ).catch((error: unknown) => {
    if (error instanceof AgentUnfit) throw error;
    throw unfit(definition, `refused to begin: ${messageOf(error)}`, child);
  });
  const version = (hello as { protocolVersion?: unknown } | null)?.protocolVersion;
  if (version !== acp.PROTOCOL_VERSION) {
    throw new AgentUnfit(
      `${definition.name} speaks version ${String(version).slice(0, 20)} of the Agent Client Protocol, and version ${acp.PROTOCOL_VERSION} is needed. Update it: ${definition.install}`,
    );
  }
  const place = { cwd, mcpServers: [] };
  const can = hello.agentCapabilities;
  if (earlier !== undefined) {
    const again = { ...place, sessionId: earlier };
    const method =
      can?.sessionCapabilities?.resume != null
        ? () => agent.request(acp.methods.agent.session.resume, again)
        : can?.loadSession === true
          ? () => agent.request(acp.methods.agent.session.load, again)
          : undefined;
    if (method !== undefined) {
      try {
        await request(method());
        return { id: earlier, isResumed: true };
      } catch (error) {
        if (error instanceof AgentUnfit) throw error;
        record.note(`the earlier session cannot be taken up: ${messageOf(error)}`);
      }
    }
  }
  const begin = (): Promise<acp.NewSessionResponse> =>
    request(agent.request(acp.methods.agent.session.new, place));
  const session = await begin()
    .catch(async (error: unknown) => {
      if (error instanceof AgentUnfit) throw error;
      const offered = (hello.authMethods ?? []).map(({ id }) => id);
      const methodId = definition.authMethods.find((id) => offered.includes(id));
      if (codeOf(error) !== AUTH_REQUIRED || methodId === undefined) {
        throw unfit(definition, `began no session: ${messageOf(error)}`, child);
      }
      await request(agent.request(acp.methods.agent.authenticate, { methodId }));
      return begin();
    })
    .catch((error: unknown) => {
      if (error instanceof AgentUnfit) throw error;
      throw unfit(definition, `began no session: ${messageOf(error)}`, child);
    });
  const id: unknown = session.sessionId;
  if (typeof id !== "string" || id === "" || id.length > 1_000) {
    throw unfit(definition, "began a session without an id", child);
  }
  return { id, isResumed: false };
}

export const codeOf = (error: unknown): number | undefined => {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "number" ? code : undefined;
};

/** The error's message, and the detail that agents put beside it. */
export function messageOf(error: unknown): string {
  const { message, data } = (error ?? {}) as { message?: unknown; data?: unknown };
  const detail = typeof data === "string" ? data : data === undefined ? "" : JSON.stringify(data);
  return [typeof message === "string" ? message : "no reason given", detail]
    .filter((part) => part !== "")
    .join(" ")
    .slice(0, 500);
}

export const unfit = (definition: AgentDefinition, what: string, child: RunningChild) =>
  new AgentUnfit(`${definition.name} ${what}.${lastErrors(child)}`);

/** The end of what it wrote on standard error. */
export function lastErrors(child: Pick<RunningChild, "errors">): string {
  const said = child.errors().trim().slice(-600);
  return said === "" ? "" : ` Its last words on standard error: ${said}`;
}
