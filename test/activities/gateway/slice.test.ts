import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { openTestGateway } from "./a-gateway.js";
import { startProvider, usage } from "./scripted-provider.js";
import type { Asked, Turn } from "./scripted-provider.js";

/** Per feature's model: where its calls go. */
const PATHS = {
  "anthropic/claude-sonnet-4-5": "/anthropic/v1/messages",
  "openai/gpt-5.5": "/openai/v1/chat/completions",
} as const;
const share = fc.double({ min: 0, max: 1, noNaN: true });
const call = fc.record({
  bytes: fc.integer({ min: 1, max: 4_000 }),
  goesOn: fc.boolean(),
  limit: fc.integer({ min: 1, max: 12_000 }),
  stream: fc.boolean(),
  output: share,
  written: share,
  ends: fc.constantFrom("told", "told", "told", "silent", "cut", "failed", "gave up"),
});

describe("a slice behind the gateway", () => {
  it("is never overspent by any calls, also at once, while bills stay within what was sent and allowed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...(Object.keys(PATHS) as (keyof typeof PATHS)[])),
        fc.record({
          microUsd: fc.integer({ min: 0, max: 300_000 }),
          tokens: fc.integer({ min: 0, max: 60_000 }),
        }),
        fc.array(fc.array(call, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
        fc.array(share, { minLength: 8, maxLength: 8 }),
        async (model, slice, rounds, shares) => {
          let most = { microUsd: 0, tokens: 0 };
          const server = await startProvider((_request, asked) => {
            const { microUsd, tokens } = gateway.account.spent();
            most = {
              microUsd: Math.max(most.microUsd, microUsd),
              tokens: Math.max(most.tokens, tokens),
            };
            return turnFor(asked, shares);
          });
          const gateway = await openTestGateway({ model, baseUrl: server.baseUrl, slice });
          let messages: { role: string; content: string }[] = [];
          for (const round of rounds) {
            const replies = round.map(async ({ goesOn, bytes, limit, stream, ...rest }, at) => {
              const more = {
                role: "user",
                content: `${at}${JSON.stringify(rest)} ${"x".repeat(bytes)}`,
              };
              const said = goesOn ? [...messages, more] : [more];
              const body = { model: "any", messages: said, max_tokens: limit, stream };
              const reply = await gateway.post(PATHS[model], body);
              await reply.text().catch(() => "broken off");
              return [...said, { role: "assistant", content: "ok" }];
            });
            const all = await Promise.all(replies);
            messages = all[0] ?? [];
            const { microUsd, tokens } = gateway.account.spent();
            expect(microUsd).toBeLessThanOrEqual(slice.microUsd);
            expect(tokens).toBeLessThanOrEqual(slice.tokens);
          }
          expect(most.microUsd).toBeLessThanOrEqual(slice.microUsd);
          expect(most.tokens).toBeLessThanOrEqual(slice.tokens);
          await gateway.end();
          await server.stop();
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** The provider's own way of counting: a share of each message's bytes, the same for the same message. */
function turnFor({ body }: Asked, shares: readonly number[]): Turn {
  const messages = body["messages"] as { content: string }[];
  const last = messages.at(-1)?.content ?? "";
  const { ends, output, written } = JSON.parse(/\{.*?\}/.exec(last)?.[0] ?? "{}") as {
    ends: string;
    output: number;
    written: number;
  };
  const inputTokens = messages.reduce(
    (sum, { content }) => sum + Math.floor(content.length * (shares[content.length % 8] ?? 1)),
    1,
  );
  const limit = Number(body["max_tokens"] ?? body["max_completion_tokens"]);
  const billed = usage({
    inputTokens,
    cacheWriteTokens: Math.floor(inputTokens * written),
    outputTokens: Math.floor(limit * output),
  });
  const reply = { text: ["ok"], usage: billed };
  switch (ends) {
    case "silent":
      return { text: ["ok"] };
    case "cut":
      return { ...reply, kind: "cut" };
    case "failed":
      return { kind: "status", status: 500 };
    case "gave up":
      return { kind: "status", status: 504 };
    default:
      return reply;
  }
}
