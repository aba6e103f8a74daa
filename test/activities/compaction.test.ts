import { afterEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isFull, makeRoom } from "../../activities/adapters/compaction.js";
import { newConversation, pendingCalls } from "../../activities/adapters/conversation.js";
import type { Conversation } from "../../activities/adapters/conversation.js";
import type { ModelMessage } from "../../activities/adapters/models.js";
import type { AgentRun } from "../../activities/agent.js";
import { writeWhole } from "../../store/files.js";
import type { CannedTurn } from "../../workers/demo-replies.js";
import { makeAttempts } from "./attempt-fixture.js";
import type { AttemptFixture, Wishes } from "./attempt-fixture.js";

const open: AttemptFixture[] = [];
async function make(turns: CannedTurn[], wishes: Wishes = {}) {
  const made = await makeAttempts({
    ...wishes,
    server: { replies: { "1.1": turns }, ...wishes.server },
  });
  open.push(made);
  return made;
}
afterEach(async () => {
  for (const made of open.splice(0)) await made.end();
});

const long = (n: number) => `echo file ${n}; seq 1 ${n}000 | head -c 6000 | tr '\\n' ' '`;
const run = (command: string) => ({ calls: [{ tool: "run", input: { command } }] });
const finish = { calls: [{ tool: "finish", input: { summary: "made it" } }] };
const window = (context: number) =>
  `models: {demo/canned: {input_usd_per_million: 3, output_usd_per_million: 15, context_tokens: ${context}}}\n`;

const runs = (many: number) => Array.from({ length: many }, (_, n) => run(long(n + 1)));
const always = (turn: CannedTurn) => Array<CannedTurn>(40).fill(turn);
/** The server counts the answers that it is shown, so what follows notes has a list of its own. */
const server = (replies: Record<string, CannedTurn[]>): NonNullable<Wishes["server"]> => ({
  replies,
  keyOf: ({ messages = [] }) => {
    const text = JSON.stringify(messages);
    if (text.includes("about to grow too long")) return "notes";
    return text.includes("Your notes on the work so far") ? "after" : "1.1";
  },
});
const sizesOf = ({ server: { calls } }: AttemptFixture) => calls.map((call) => call.inputTokens);

describe("a conversation in a small window", () => {
  it("has the results of old turns shortened when that is enough", async () => {
    const made = await make([...runs(14), finish]);
    await writeWhole(made.paths.settings, window(22_000));
    const outcome = await made.run(made.input());
    expect(outcome).toMatchObject({ kind: "done", calls: 15, spent: made.billed() });
    const sizes = sizesOf(made);
    expect(Math.max(...sizes)).toBeLessThan(22_000);
    expect(sizes.some((size, n) => size < (sizes[n - 1] ?? 0))).toBe(true);
  });

  it("asks for notes by a paid call, keeps the brief and what people said, and the whole transcript", async () => {
    const replies = {
      "1.1": runs(20),
      notes: always({ say: "Done: the first files." }),
      after: always(finish),
    };
    const made = await make([], { feature: { brief: "THE BRIEF" }, server: server(replies) });
    await writeWhole(made.paths.settings, window(12_000));
    const outcome = await made.run(made.input({ notes: ["use tabs"] }));
    expect(outcome).toMatchObject({ kind: "done", spent: made.billed() });
    if (outcome.kind !== "done" || outcome.checkpoint === undefined) return;
    expect(made.server.calls.map(({ feature }) => feature)).toContain("notes");
    const { state } = JSON.parse(String(await made.blobs.get(outcome.checkpoint.sha256))) as {
      state: Conversation;
    };
    const text = JSON.stringify(state.messages);
    expect(text).toContain("THE BRIEF");
    expect(text).toContain("use tabs");
    expect(text).toContain("```notes\\nDone: the first files.");
    expect(text).not.toContain("echo file 1;");
    const earlier = String(await made.blobs.get(state.earlier?.[0] ?? ""));
    expect(earlier).toContain("echo file 1;");
  });

  it("makes no other call and changes nothing while there is room", async () => {
    const made = await make([...runs(12), finish]);
    expect(await made.run(made.input())).toMatchObject({ kind: "done", calls: 13 });
    const sizes = sizesOf(made);
    expect(sizes.every((size, n) => size > (sizes[n - 1] ?? 0))).toBe(true);
  });

  it("has a list of what was done instead where the model gives no notes", async () => {
    const notes = always(run("echo not asked for"));
    const replies = { "1.1": runs(20), notes, after: always(finish) };
    const made = await make([], { server: server(replies) });
    await writeWhole(made.paths.settings, window(12_000));
    const outcome = await made.run(made.input());
    expect(outcome).toMatchObject({ kind: "done", spent: made.billed() });
    if (outcome.kind !== "done" || outcome.checkpoint === undefined) return;
    const text = String(await made.blobs.get(outcome.checkpoint.sha256));
    expect(text).toContain("  -> file 1");
    expect(text).not.toContain("not asked for");
  });
});

/** Turns as a provider keeps them: an answer with calls, then all their results. */
const turn = fc
  .record({
    calls: fc.integer({ min: 0, max: 3 }),
    size: fc.integer({ min: 0, max: 4_000 }),
    note: fc.boolean(),
  })
  .map(({ calls, size, note }) => ({ calls, size, note }));

describe("makeRoom", () => {
  it("parts no call from its result, keeps the brief first, and leaves nothing pending", async () => {
    const made = await make([]);
    const prices = made.prices;
    await fc.assert(
      fc.asyncProperty(
        fc.array(turn, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 4_000, max: 40_000 }),
        async (turns, contextTokens) => {
          const conversation = newConversation("the brief");
          turns.forEach(({ calls, size, note }, at) => {
            conversation.messages.push(...messagesOf(at, calls, size));
            if (note) conversation.messages.push({ role: "user", content: `note ${at}` });
          });
          const run = {
            account: { left: () => ({ microUsd: 0, tokens: 0 }) },
            signal: new AbortController().signal,
            now: () => 0,
            put: (content: string, name: string) => made.blobs.put(content, name),
          } as unknown as AgentRun;
          const payer = {
            run,
            prices: { ...prices, contextTokens: () => contextTokens },
            limits: { blockedUntilMs: () => 0 },
            rateLimitInlineMs: 0,
            opened: { secrets: [], limitKey: "x" },
            model: "demo/canned",
            role: "worker",
            system: "",
            extras: { kind: "tools" },
            answer: { wanted: 1, least: 1 },
          } as unknown as Parameters<typeof makeRoom>[0];
          if (isFull(payer, conversation)) {
            expect(await makeRoom(payer, conversation)).toBeUndefined();
          }
          expectPaired(conversation.messages);
          expect(conversation.messages[0]).toEqual({ role: "user", content: "the brief" });
          expect(pendingCalls(conversation.messages)).toEqual([]);
          turns.forEach(({ note }, at) => {
            if (note) expect(JSON.stringify(conversation.messages)).toContain(`note ${at}`);
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});

function messagesOf(at: number, calls: number, size: number): ModelMessage[] {
  const ids = Array.from({ length: calls }, (_, n) => `${at}-${n}`);
  if (ids.length === 0) return [{ role: "assistant", content: `words ${at}` }];
  return [
    {
      role: "assistant",
      content: ids.map((id) => ({
        type: "tool-call" as const,
        toolCallId: id,
        toolName: "run",
        input: { command: `do ${id}` },
      })),
    },
    {
      role: "tool",
      content: ids.map((id) => ({
        type: "tool-result" as const,
        toolCallId: id,
        toolName: "run",
        output: { type: "text" as const, value: "x".repeat(size) },
      })),
    },
  ];
}

function expectPaired(messages: readonly ModelMessage[]): void {
  let waiting: string[] = [];
  for (const message of messages) {
    if (message.role === "assistant") {
      expect(waiting).toEqual([]);
      waiting =
        typeof message.content === "string"
          ? []
          : message.content.flatMap((part) => (part.type === "tool-call" ? [part.toolCallId] : []));
    }
    if (message.role === "tool") {
      const results = message.content.flatMap((part) =>
        part.type === "tool-result" ? [part.toolCallId] : [],
      );
      expect(results).toEqual(waiting);
      waiting = [];
    }
    if (message.role === "user") expect(waiting).toEqual([]);
  }
  expect(waiting).toEqual([]);
}
