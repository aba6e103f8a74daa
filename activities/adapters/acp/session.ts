/** One agent process and its session: opened or taken up again, asked turn by turn, ended whatever it does. */
import * as acp from "@agentclientprotocol/sdk";
import { setTimeout as delay } from "node:timers/promises";
import type { AgentDefinition } from "../../../domain/agents.js";
import type { RunningChild } from "../../ports.js";
import { AgentUnfit, codeOf, messageOf, shakeHands, unfit } from "./handshake.js";
import { openAgentStream } from "./agent-stream.js";
import type { StreamLimits } from "./agent-stream.js";
import { answerPermission } from "./permissions.js";
import type { PermissionBounds } from "./permissions.js";
import type { SessionRecord } from "./session-record.js";

export interface SessionOptions {
  definition: AgentDefinition;
  child: RunningChild;
  /** The workspace, as the child sees it. */
  cwd: string;
  record: SessionRecord;
  bounds: PermissionBounds;
  now(): number;
  /** Something came that may have changed files. */
  onToolEnded(dirty: boolean): void;
  /** True when the turn is to be ended: stopped, or short of budget. */
  mustEnd(): boolean;
  /** Calls that were metered so far: a sign of life. */
  calls(): number;
  signal: AbortSignal;
  limits?: StreamLimits;
}

/** What the agent says its turns have cost in tokens. */
export interface ReportedTokens {
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
}

export type TurnEnd =
  | { kind: "stop"; reason: string; tokens?: ReportedTokens }
  | { kind: "told" }
  | { kind: "died"; how: string }
  | { kind: "stuck"; why: string }
  | { kind: "error"; message: string };

export interface Session {
  id: string;
  /** It remembers what was said before. */
  isResumed: boolean;
  /** One turn. Contract: never throws; ends within the agent's limits. */
  ask(text: string): Promise<TurnEnd>;
}

const OPEN_MS = 120_000;
/** How long an agent that was told to end may take, before it is ended. */
const CANCEL_MS = 5_000;
const LOOK_MS = 1_000;

/** @param earlier session to take up again. @throws AgentUnfit with one sentence. */
export async function openSession(
  options: SessionOptions,
  earlier: string | undefined,
): Promise<Session> {
  const { definition, child, record } = options;
  let heardMs = options.now();
  let isMuted = true; // a session that is loaded again repeats all that was said
  let look: () => void = () => undefined;
  const { stream, flaw } = openAgentStream(
    child,
    (update) => {
      heardMs = options.now();
      if (update === undefined || isMuted) return;
      const { toolEnded, dirty } = record.take(update);
      if (toolEnded) options.onToolEnded(dirty);
      look();
    },
    options.limits,
  );
  const connection = acp
    .client({ name: "missions" })
    .onRequest(acp.methods.client.session.requestPermission, async ({ params }) => {
      const answer = await answerPermission(params, options.bounds);
      const title = (params.toolCall.title ?? params.toolCall.kind ?? "something").slice(0, 300);
      record.note(`${answer.allowed ? "allowed" : "denied"}: ${title}`);
      return { outcome: answer.outcome };
    })
    .connect(stream);
  const { agent } = connection;

  const gone = async (): Promise<TurnEnd> => {
    const said = flaw();
    if (said !== undefined) return { kind: "stuck", why: `${definition.name} was ended: ${said}.` };
    const ended = await Promise.race([child.ended, delay(LOOK_MS)]);
    return {
      kind: "died",
      how: ended === undefined ? "closed its output" : howEnded(ended.exitCode),
    };
  };

  const request = async <T>(work: Promise<T>): Promise<T> => {
    const late = new AbortController();
    try {
      return await Promise.race([
        work,
        delay(OPEN_MS, undefined, { signal: late.signal }).then(() => {
          throw unfit(definition, `did not answer within ${OPEN_MS / 1_000} s`, child);
        }),
      ]);
    } catch (error) {
      if (error instanceof AgentUnfit || codeOf(error) !== undefined) throw error;
      const end = await gone();
      if (end.kind === "stuck") throw new AgentUnfit(end.why, { cause: error });
      const how = end.kind === "died" ? end.how : "cannot be reached";
      throw unfit(definition, `${how} before it had begun`, child);
    } finally {
      late.abort();
    }
  };

  const opened = await shakeHands(options, agent, request, earlier);
  isMuted = false;

  const ask = async (text: string): Promise<TurnEnd> => {
    const startedMs = options.now();
    let callsSeen = options.calls();
    heardMs = startedMs;
    record.newTurn();
    const prompt = { sessionId: opened.id, prompt: [{ type: "text" as const, text }] };
    const ended: Promise<TurnEnd> = agent
      .request(acp.methods.agent.session.prompt, prompt)
      .then(stopOf, async (error: unknown) =>
        codeOf(error) === undefined ? gone() : { kind: "error", message: messageOf(error) },
      );
    const told = new Promise<TurnEnd>((resolve) => {
      look = () => {
        const nowMs = options.now();
        if (options.calls() > callsSeen) {
          callsSeen = options.calls();
          heardMs = nowMs;
        }
        if (options.mustEnd()) resolve({ kind: "told" });
        else if (nowMs - heardMs > definition.silenceMs)
          resolve({
            kind: "stuck",
            why: `${definition.name} said nothing for ${span(definition.silenceMs)}.`,
          });
        else if (nowMs - startedMs > definition.turnMs)
          resolve({
            kind: "stuck",
            why: `${definition.name} did not end its turn within ${span(definition.turnMs)}.`,
          });
      };
    });
    const every = Math.min(LOOK_MS, definition.silenceMs / 4, definition.turnMs / 4);
    const timer = setInterval(() => {
      look();
    }, every);
    const abort = () => {
      look();
    };
    options.signal.addEventListener("abort", abort, { once: true });
    look();
    try {
      const end = await Promise.race([ended, told]);
      if (end.kind === "told" || end.kind === "stuck") {
        await agent
          .notify(acp.methods.agent.session.cancel, { sessionId: opened.id })
          .catch(() => undefined);
        await withinMs(ended, CANCEL_MS);
      }
      return end;
    } finally {
      clearInterval(timer);
      options.signal.removeEventListener("abort", abort);
      look = () => undefined;
    }
  };
  return { ...opened, ask };
}

function stopOf(response: unknown): TurnEnd {
  const { stopReason, usage } = (response ?? {}) as { stopReason?: unknown; usage?: unknown };
  const tokens = tokensOf(usage);
  const reason = typeof stopReason === "string" ? stopReason.slice(0, 100) : "none";
  return { kind: "stop", reason, ...(tokens === undefined ? {} : { tokens }) };
}

function tokensOf(usage: unknown): ReportedTokens | undefined {
  const { inputTokens, outputTokens, totalTokens } = (usage ?? {}) as Record<string, unknown>;
  const isCount = (value: unknown): value is number =>
    Number.isSafeInteger(value) && Number(value) >= 0;
  if (!isCount(inputTokens) || !isCount(outputTokens)) return undefined;
  return {
    inputTokens,
    outputTokens,
    totalTokens: isCount(totalTokens) ? totalTokens : inputTokens + outputTokens,
  };
}

export const howEnded = (exitCode: number | null) =>
  exitCode === null ? "was killed" : `ended with ${exitCode}`;

const span = (ms: number) => (ms >= 60_000 ? `${Math.round(ms / 60_000)} min` : `${ms / 1_000} s`);

export async function withinMs(work: Promise<unknown>, ms: number): Promise<void> {
  const late = new AbortController();
  await Promise.race([work, delay(ms, undefined, { signal: late.signal }).catch(() => undefined)]);
  late.abort();
}
