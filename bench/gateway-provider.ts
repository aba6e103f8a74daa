/** A process of its own for `gateway.ts`: a provider that sends chunks at an even pace, each with the moment it was sent. */
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Monotonic, and the same in all processes of a machine. */
const nowUs = () => Number(process.hrtime.bigint() / 1_000n);

interface Wanted {
  stream?: boolean;
  /** How many chunks, and the time between two, in ms: `40/25`. */
  user?: string;
}

const usage = { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 };
const head = { id: "reply", created: 1, model: "canned" };

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const wanted = JSON.parse(Buffer.concat(chunks).toString()) as Wanted;
    if (wanted.stream === true) void stream(response, wanted.user ?? "1/0");
    else whole(response);
  });
});

function whole(response: ServerResponse): void {
  const message = { role: "assistant", content: "ok" };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ ...head, object: "chat.completion", choices, usage }));
}

async function stream(response: ServerResponse, pace: string): Promise<void> {
  const [count = 1, gapMs = 0] = pace.split("/").map(Number);
  const send = (more: object) =>
    response.write(
      `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", ...more })}\n\n`,
    );
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  for (let n = 0; n < count; n += 1) {
    if (gapMs > 0) await delay(gapMs);
    const content = `${nowUs()} ${"word ".repeat(8)}`;
    send({ choices: [{ index: 0, delta: { content } }] });
  }
  send({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
  send({ choices: [], usage });
  response.end("data: [DONE]\n\n");
}

server.listen(0, "127.0.0.1", () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on("disconnect", () => process.exit());
