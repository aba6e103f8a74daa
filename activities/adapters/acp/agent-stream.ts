/** Messages of an agent's standard output: bounded, with what is no message left out and counted. */
import { once } from "node:events";
import type { AnyMessage, Stream } from "@agentclientprotocol/sdk";
import type { RunningChild } from "../../ports.js";

/** An agent that goes over these does not work as an agent; a diff of a large file fits well within. */
export const STREAM_LIMITS = {
  lineBytes: 16_000_000,
  totalBytes: 256_000_000,
  garbageLines: 2_000,
};
export type StreamLimits = typeof STREAM_LIMITS;

export interface AgentStream {
  stream: Stream;
  /** Why nothing more is read, where its output was at fault. */
  flaw: () => string | undefined;
  /** Lines that were no messages. */
  garbage: () => number;
}

/** @param hear told of each message and, for `session/update`, its content, which goes no further. */
export function openAgentStream(
  child: Pick<RunningChild, "stdin" | "stdout">,
  hear: (update?: unknown) => void,
  limits: StreamLimits = STREAM_LIMITS,
): AgentStream {
  const asked = new Set<unknown>();
  let garbage = 0;
  let flaw: string | undefined;

  const read = (line: Buffer): AnyMessage | undefined => {
    const text = line.toString("utf8").trim();
    if (text === "") return undefined;
    const message = messageIn(text);
    // An answer that nobody waits for would be printed by the library.
    if (
      message === undefined ||
      ("result" in message || "error" in message ? !asked.delete(message.id) : false)
    ) {
      garbage += 1;
      if (garbage > limits.garbageLines)
        throw new Error(`it wrote ${garbage} lines that are no messages`);
      return undefined;
    }
    if ("method" in message && message.method === "session/update") {
      hear((message.params as { update?: unknown } | undefined)?.update ?? {});
      return undefined;
    }
    hear();
    return message;
  };

  async function* messages(): AsyncGenerator<AnyMessage> {
    let rest: Buffer[] = [];
    let restBytes = 0;
    let totalBytes = 0;
    try {
      for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
        totalBytes += chunk.length;
        if (totalBytes > limits.totalBytes)
          throw new Error(`it wrote more than ${limits.totalBytes} bytes`);
        let from = 0;
        for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
          const message = read(Buffer.concat([...rest, chunk.subarray(from, at)]));
          rest = [];
          restBytes = 0;
          from = at + 1;
          // An agent that asks and does not read the answers is not asked on.
          if (child.stdin.writableNeedDrain) await drained(child);
          if (message !== undefined) yield message;
        }
        if (from === chunk.length) continue;
        rest.push(chunk.subarray(from));
        restBytes += chunk.length - from;
        if (restBytes > limits.lineBytes)
          throw new Error(`it wrote a line of more than ${limits.lineBytes} bytes`);
      }
    } catch (error) {
      flaw ??= error instanceof Error ? error.message : String(error);
    }
  }

  const writable = new WritableStream<AnyMessage>({
    write: (message) => {
      if ("method" in message && "id" in message) asked.add(message.id);
      child.stdin.write(`${JSON.stringify(message)}\n`);
    },
  });
  return {
    stream: { readable: ReadableStream.from(messages()), writable },
    flaw: () => flaw,
    garbage: () => garbage,
  };
}

const NEWLINE = 10;

const drained = ({ stdin }: Pick<RunningChild, "stdin">) =>
  Promise.race([once(stdin, "drain"), once(stdin, "close")]).catch(() => undefined);

function messageIn(text: string): AnyMessage | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const found = JSON.parse(text) as Record<string, unknown>;
    if (found["jsonrpc"] !== "2.0") return undefined;
    const isCall = typeof found["method"] === "string" && isId(found["id"] ?? 0);
    const error = found["error"] as { code?: unknown; message?: unknown } | undefined;
    const isError = Number.isInteger(error?.code) && typeof error?.message === "string";
    const isAnswer =
      found["method"] === undefined && ("result" in found ? error === undefined : isError);
    return isCall || isAnswer ? (found as unknown as AnyMessage) : undefined;
  } catch {
    return undefined;
  }
}

const isId = (id: unknown) => typeof id === "string" || typeof id === "number";
