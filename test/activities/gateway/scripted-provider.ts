/** A model provider on loopback that speaks all four wire forms, does what a script says, and keeps its own bill. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ShapeName } from "../../../activities/adapters/gateway/routes.js";
import type { CallUsage } from "../../../activities/ports.js";
import { replyEvents, wholeReply } from "./wire-replies.js";
import type { Reply } from "./wire-replies.js";

export type Turn =
  | (Reply & { kind?: "reply"; paced?: Pace; endless?: boolean })
  | { kind: "status"; status: number; body?: string; headers?: Record<string, string> }
  /** Breaks off after the first piece of the answer. */
  | ({ kind: "cut" } & Reply)
  | { kind: "unsent" };

/** The next event is sent when `next` resolves. */
export type Pace = () => Promise<void>;

export interface Asked {
  url: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
  shape: ShapeName | "other";
}

export type ScriptedProvider = Awaited<ReturnType<typeof startProvider>>;

export const usage = (more: Partial<CallUsage> = {}): CallUsage => ({
  inputTokens: 1_000,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 50,
  reasoningTokens: 0,
  ...more,
});

export async function startProvider(turnAt: (request: number, asked: Asked) => Turn) {
  const asked: Asked[] = [];
  const bill: CallUsage[] = [];
  /** Streams that the other side has left. */
  const left: number[] = [];

  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      const body = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
      const shape = shapeOf(request.url ?? "");
      const one = { url: request.url ?? "", headers: request.headers, body, shape };
      asked.push(one);
      const number = asked.length;
      response.on("close", () => {
        if (!response.writableFinished) left.push(number);
      });
      const turn = turnAt(number, one);
      if (turn.kind === "unsent") return response.destroy();
      if (turn.kind === "status") {
        response.writeHead(turn.status, { "content-type": "application/json", ...turn.headers });
        return response.end(turn.body ?? "{}");
      }
      if (turn.usage !== undefined) bill.push(turn.usage);
      const known = shape === "other" ? "chat" : shape;
      const streams = body["stream"] === true || one.url.includes(":stream");
      return streams ? await stream(response, known, turn, one) : whole(response, known, turn);
    })().catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    asked,
    bill,
    left,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, "close");
    },
  };
}

async function stream(
  response: ServerResponse,
  shape: ShapeName,
  turn: Reply & { kind?: string; paced?: Pace; endless?: boolean },
  { body, url }: Asked,
) {
  const options = body["stream_options"] as { include_usage?: boolean } | undefined;
  const told = shape !== "chat" || options?.include_usage === true;
  const silent = Object.fromEntries(Object.entries(turn).filter(([name]) => name !== "usage"));
  const events = replyEvents(shape, told ? turn : (silent as unknown as Reply));
  response.writeHead(200, {
    "content-type":
      url.includes("alt=sse") || shape !== "gemini" ? "text/event-stream" : "application/json",
  });
  response.flushHeaders();
  for (const [at, event] of events.entries()) {
    await turn.paced?.();
    response.write(event);
    const brokenOff = turn.kind === "cut" && at === Math.min(3, events.length - 2);
    if (brokenOff) return response.destroy();
    if (turn.endless === true && at === events.length - 2) return undefined;
  }
  return response.end();
}

function whole(response: ServerResponse, shape: ShapeName, turn: Reply & { kind?: string }) {
  const text = wholeReply(shape, turn);
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  if (turn.kind !== "cut") return response.end(text);
  return response.write(text.slice(0, 20), () => response.destroy());
}

function shapeOf(url: string): Asked["shape"] {
  if (url.includes("/chat/completions")) return "chat";
  if (url.includes("/responses")) return "responses";
  if (url.includes("enerateContent")) return "gemini";
  return /\/messages(?:\?|$)/.test(url) ? "messages" : "other";
}
