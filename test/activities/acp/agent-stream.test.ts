import { PassThrough } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import type { AnyMessage } from "@agentclientprotocol/sdk";
import fc from "fast-check";
import { openAgentStream, STREAM_LIMITS } from "../../../activities/adapters/acp/agent-stream.js";

function opened(limits = STREAM_LIMITS) {
  const child = { stdin: new PassThrough(), stdout: new PassThrough() };
  const updates: unknown[] = [];
  const opening = openAgentStream(
    child,
    (update) => {
      if (update !== undefined) updates.push(update);
    },
    limits,
  );
  const read = async () => {
    const messages: AnyMessage[] = [];
    for await (const message of opening.stream.readable) messages.push(message);
    return messages;
  };
  return { child, updates, read, ...opening };
}

const ask = (id: number) => ({ jsonrpc: "2.0" as const, id, method: "session/request_permission" });
const update = (n: number) => ({ jsonrpc: "2.0", method: "session/update", params: { update: n } });

describe("an agent's output", () => {
  it("is the same messages however it is cut into pieces", async () => {
    const sent = [
      ask(1),
      update(1),
      ask(2),
      update(2),
      { ...ask(3), params: { text: "ö\\u2028\\n" } },
    ];
    const bytes = Buffer.from(sent.map((message) => `${JSON.stringify(message)}\r\n`).join(""));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 30 }), async (cuts) => {
        const { child, updates, read } = opened();
        const ends = [...cuts, bytes.length].sort((a, b) => a - b);
        ends.forEach((end, n) => child.stdout.write(bytes.subarray(ends[n - 1] ?? 0, end)));
        child.stdout.end();
        expect(await read()).toEqual([sent[0], sent[2], sent[4]]);
        expect(updates).toEqual([1, 2]);
      }),
      { numRuns: 50 },
    );
  });

  it("may hold anything: what is no message is left out and counted", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.string(), fc.json()), { maxLength: 20 }),
        async (lines) => {
          const { child, read, flaw } = opened();
          for (const line of lines) child.stdout.write(`${line.replaceAll("\n", " ")}\n`);
          child.stdout.end(`${JSON.stringify(ask(7))}\n`);
          expect((await read()).at(-1)).toEqual(ask(7));
          expect(flaw()).toBeUndefined();
        },
      ),
      { numRuns: 100 },
    );
  });

  it("has answers only to what was asked", async () => {
    const { child, read, stream, garbage } = opened();
    const writer = stream.writable.getWriter();
    await writer.write({ jsonrpc: "2.0", id: 0, method: "initialize" });
    for (const id of [0, 0, 1, "x"])
      child.stdout.write(`{"jsonrpc":"2.0","id":"${id}","result":1}\n`);
    child.stdout.end(
      '{"jsonrpc":"2.0","id":0,"result":{}}\n{"jsonrpc":"2.0","id":0,"result":{}}\n',
    );
    expect(await read()).toEqual([{ jsonrpc: "2.0", id: 0, result: {} }]);
    expect(garbage()).toBe(5);
  });

  it("ends with a reason where a line or all of it is too long", async () => {
    const long = opened({ ...STREAM_LIMITS, lineBytes: 1_000 });
    long.child.stdout.end("x".repeat(5_000));
    expect(await long.read()).toEqual([]);
    expect(long.flaw()).toBe("it wrote a line of more than 1000 bytes");
    const much = opened({ ...STREAM_LIMITS, totalBytes: 1_000 });
    much.child.stdout.end(`${JSON.stringify(update(1))}\n`.repeat(100));
    expect(await much.read()).toEqual([]);
    expect(much.flaw()).toBe("it wrote more than 1000 bytes");
  });
});
