/**
 * A local model server with canned replies, in the wire format of OpenAI's chat completions (not streamed).
 * A reply depends on the request alone (feature and number of answers so far), so retries and killed workers get the same one.
 */
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { cannedReply, findFeature } from "./demo-model-reply.js";
import type { ChatRequest } from "./demo-model-reply.js";
import type { CannedReplies } from "./demo-replies.js";

/** One line of the server's own journal: what a provider's bill would say. */
export interface DemoCall {
  at: string;
  feature: string;
  turn: number;
  inputTokens: number;
  outputTokens: number;
  requestId: string;
}

export interface ModelServerOptions {
  replies: CannedReplies;
  /** Which of the replies a request is about; default: the feature that its brief names. */
  keyOf?: (request: ChatRequest) => string;
  /** 0 or absent: any free port. Listens on loopback only. */
  port?: number;
  /** JSON lines of `DemoCall`, written before the reply leaves. */
  journalPath?: string;
  latencyMs?: number;
  /** Faults for tests, by number of the request from 1. */
  faultAt?: (request: number) => Fault | undefined;
  /** Never finishes: always asks for one more tool call. */
  askForever?: boolean;
}

export type Fault =
  | { kind: "rate-limit"; retryAfter?: string }
  | { kind: "status"; status: number; body?: string }
  /** The call is made and billed, and the connection breaks in the middle of the reply. */
  | { kind: "cut" }
  /** The call is made and billed, and the reply does not say its usage. */
  | { kind: "no-usage" };

export interface ModelServer {
  port: number;
  /** For `createOpenAICompatible`. */
  baseUrl: string;
  calls: readonly DemoCall[];
  stop(): Promise<void>;
}

const LARGEST_REQUEST_BYTES = 20_000_000;

export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const calls: DemoCall[] = [];
  let requests = 0;

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== "POST" || !request.url?.endsWith("/chat/completions")) {
      sendJson(response, 404, problem("there is only POST /v1/chat/completions"));
      return;
    }
    const body = await readBody(request);
    requests += 1;
    const fault = options.faultAt?.(requests);
    if (fault?.kind === "rate-limit") {
      const headers = fault.retryAfter === undefined ? {} : { "retry-after": fault.retryAfter };
      sendJson(response, 429, problem("rate limit reached"), headers);
      return;
    }
    if (fault?.kind === "status") {
      sendJson(response, fault.status, fault.body ?? problem(`status ${fault.status}`));
      return;
    }
    const chat = JSON.parse(body) as ChatRequest;
    const feature = (options.keyOf ?? findFeature)(chat);
    const requestId = `chatcmpl-${randomUUID()}`;
    const reply = cannedReply(chat, {
      feature,
      turns: options.replies[feature] ?? [],
      askForever: options.askForever === true,
      requestId,
    });
    const call: DemoCall = {
      at: new Date().toISOString(),
      feature,
      turn: reply.turn,
      inputTokens: reply.usage.prompt_tokens,
      outputTokens: reply.usage.completion_tokens,
      requestId,
    };
    calls.push(call);
    if (options.journalPath !== undefined) {
      appendFileSync(options.journalPath, `${JSON.stringify(call)}\n`);
    }
    if (options.latencyMs) await delay(options.latencyMs);
    const text = JSON.stringify(fault?.kind === "no-usage" ? reply.bodyWithoutUsage : reply.body);
    if (fault?.kind === "cut") {
      response.writeHead(200, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
      });
      response.write(text.slice(0, text.length / 2), () => response.destroy());
      return;
    }
    sendJson(response, 200, text);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendJson(response, 400, problem(String(error)));
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    baseUrl: `http://127.0.0.1:${port}/v1`,
    calls,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LARGEST_REQUEST_BYTES) throw new Error("the request is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function sendJson(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(text);
}

const problem = (message: string) => JSON.stringify({ error: { message, type: "demo_error" } });
