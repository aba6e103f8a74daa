/** Passes a reply on while it comes, and reads beside it what it cost. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { scrub } from "../model-errors.js";
import { isUsageOnly } from "./chat.js";
import { createEventSplitter } from "./event-stream.js";
import type { StreamEvent } from "./event-stream.js";
import { parseJson } from "./json.js";
import type { UsageReader } from "./shape.js";
import { toldHeaders } from "./upstream.js";

/** A single event, or a reply that is no stream, above this is no longer read for what it cost. */
const LARGEST_READ_BYTES = 32 * 1024 * 1024;

export interface Passing {
  reply: IncomingMessage;
  response: ServerResponse;
  reader: UsageReader;
  secrets: readonly string[];
  /** Drops the event that the agent did not ask for. */
  hidesUsage: boolean;
  leftOut: readonly string[];
}

/**
 * Writes head and body; the end of the response is left to the caller, who books first.
 * @throws when the provider breaks off, or the agent has gone.
 */
export async function passOn(passing: Passing): Promise<void> {
  const { reply, response, secrets, leftOut } = passing;
  response.writeHead(reply.statusCode ?? 200, {
    ...toldHeaders(reply.headers, secrets),
    ...(leftOut.length === 0 ? {} : { "x-missions-left-out": leftOutHeader(leftOut) }),
  });
  response.flushHeaders();
  const streams = reply.headers["content-type"]?.startsWith("text/event-stream") === true;
  await (streams ? passEvents(passing) : passPlain(passing));
}

async function passEvents({ reply, response, reader, secrets, hidesUsage }: Passing) {
  const splitter = createEventSplitter();
  const isHidden = ({ data }: StreamEvent) => {
    if (!data.includes('"usage')) return false;
    const value = parseJson(data);
    reader.read(value);
    return hidesUsage && isUsageOnly(value);
  };
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    const events = splitter.push(chunk).filter((event) => !isHidden(event));
    if (splitter.rest().length > LARGEST_READ_BYTES) throw new Error("an event without an end");
    if (events.length === 0) continue;
    await write(response, clean(Buffer.concat(events.map(({ raw }) => raw)), secrets));
  }
  // Some servers end without the empty line.
  const rest = splitter.rest();
  const [last] = splitter.push(Buffer.from("\n\n"));
  if (rest.length > 0 && last !== undefined && !isHidden(last)) {
    await write(response, clean(rest, secrets));
  }
}

async function passPlain({ reply, response, reader, secrets }: Passing) {
  const read: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= LARGEST_READ_BYTES) read.push(chunk);
    await write(response, clean(chunk, secrets));
  }
  if (bytes <= LARGEST_READ_BYTES) reader.read(parseJson(Buffer.concat(read).toString("utf8")));
}

/** No provider says its key back; should one, the agent does not see it. */
function clean(bytes: Buffer, secrets: readonly string[]): Buffer {
  if (!secrets.some((secret) => secret.length >= 6 && bytes.includes(secret))) return bytes;
  return Buffer.from(scrub(bytes.toString("latin1"), secrets), "latin1");
}

async function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  if (response.destroyed) throw new Error("the agent has gone");
  if (response.write(bytes)) return;
  await new Promise<void>((resolve) => {
    const go = () => {
      response.off("drain", go).off("close", go);
      resolve();
    };
    response.on("drain", go).on("close", go);
  });
}

const leftOutHeader = (names: readonly string[]) =>
  names
    .join(", ")
    .replace(/[^\x20-\x7e]/g, "?")
    .slice(0, 500);

/** Body of a reply that is an error, cut at a size that nobody reads beyond. */
export async function bodyOf(reply: IncomingMessage, limitBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limitBytes) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
