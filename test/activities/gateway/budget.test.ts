import { afterEach, describe, expect, it } from "@jest/globals";
import { chat } from "../../../activities/adapters/gateway/chat.js";
import { createPlaces } from "./a-gateway.js";
import type { GatewayWishes } from "./a-gateway.js";
import { usage } from "./scripted-provider.js";
import type { Asked, Turn } from "./scripted-provider.js";

const MODEL = "anthropic/claude-sonnet-4-5";
const MESSAGES = "/anthropic/v1/messages";
const HELLO = {
  model: "claude-sonnet-4-5",
  max_tokens: 4_000,
  messages: [{ role: "user", content: "Hello" }],
};
const nothing = { microUsd: 0, tokens: 0 };
const whole = { prompt_tokens: 1_000, completion_tokens: 400 };

const places = createPlaces();
afterEach(() => places.end());
async function open(
  turnAt: (request: number, asked: Asked) => Turn,
  wishes: Partial<GatewayWishes> = {},
) {
  const place = await places.open(MODEL, turnAt, wishes);
  const ask = (more = {}, signal?: AbortSignal) =>
    place.gateway.post(MESSAGES, { ...HELLO, ...more }, {}, signal);
  return { ...place, ask };
}
const ok = (more = {}): Turn => ({ text: ["ok"], usage: usage(more) });
/** A promise and what resolves it. */
function latch() {
  let release = () => {};
  const opens = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { opens, release };
}
const said = async (reply: Response) =>
  ((await reply.json()) as { error: { message: string } }).error.message;

describe("the gateway's budget", () => {
  it("lowers an answer to what the slice still buys, and the thinking within it", async () => {
    const { gateway, server, ask } = await open(() => ok(), {
      slice: { microUsd: 40_000, tokens: 100_000 },
    });
    const thinking = { type: "enabled", budget_tokens: 31_000 };
    expect((await ask({ max_tokens: 32_000, thinking })).status).toBe(200);
    const { max_tokens: most, thinking: thought } = server.asked[0]?.body as {
      max_tokens: number;
      thinking: { budget_tokens: number };
    };
    expect(most).toBeLessThan(2_700);
    expect(most).toBeGreaterThanOrEqual(1_536);
    expect(thought).toEqual({ type: "enabled", budget_tokens: most - 512 });
    const [call] = await gateway.opens();
    expect(call?.worst.microUsd).toBeLessThanOrEqual(40_000);
  });

  it("refuses a call that would be cut short, says so to the agent and asks for the whole", async () => {
    const { gateway, server, ask } = await open(() => ok(), {
      slice: { microUsd: 10_000, tokens: 100_000 },
    });
    const reply = await ask();
    expect(reply.status).toBe(400);
    expect(reply.headers.get("x-should-retry")).toBe("false");
    expect(await said(reply)).toContain("budget granted to this feature");
    const stop = gateway.stop();
    if (stop?.kind !== "needs-more") throw new Error("it must need more");
    expect(stop.ask.tokens).toBeGreaterThan(4_000);
    expect(stop.ask.microUsd).toBeGreaterThan(10_000);
    // What is refused once stays refused: the attempt ends.
    expect((await ask({ max_tokens: 1 })).status).toBe(400);
    expect(server.asked).toHaveLength(0);
    expect(gateway.account.spent()).toEqual(nothing);
  });

  it("bounds a prompt that goes on from an earlier one by its tokens, not by its bytes", async () => {
    const { gateway, ask } = await open(() => ok({ inputTokens: 9_000 }));
    const first = { role: "user", content: "word ".repeat(8_000) };
    const mark = { type: "ephemeral", ttl: "5m" };
    const marked = { role: "user", content: [{ type: "text", text: "b", cache_control: mark }] };
    const unmarked = { role: "user", content: [{ type: "text", text: "b" }] };
    const answer = { role: "assistant", content: "ok" };
    for (const messages of [
      [first, marked],
      [first, unmarked, answer, { role: "user", content: "more" }],
      [first, { role: "user", content: "another" }],
      [{ role: "user", content: `${first.content}.` }, marked],
    ]) {
      await (await ask({ messages, max_tokens: 1_000 })).text();
    }
    const worst = (await gateway.opens()).map(({ worst: { tokens } }) => tokens - 1_000);
    expect(worst[0]).toBeGreaterThan(40_000);
    expect(worst[1]).toBeLessThan(9_500);
    expect(worst[2]).toBeGreaterThan(40_000);
    expect(worst[3]).toBeGreaterThan(40_000);
  });

  it("lets a call wait while another holds what it needs, and go on with what that leaves", async () => {
    const { opens: answered, release } = latch();
    const { gateway, server, ask } = await open(
      (request) => ({
        text: ["ok"],
        usage: usage(),
        ...(request === 1 && { paced: () => answered }),
      }),
      { slice: { microUsd: 75_000, tokens: 100_000 } },
    );
    const first = await ask({ stream: true });
    const second = ask({ stream: true });
    expect(gateway.account.left().microUsd).toBeLessThan(20_000);
    release();
    await first.text();
    expect(await (await second).text()).toContain("message_stop");
    expect(server.asked).toHaveLength(2);
    expect(gateway.account.spent()).toEqual({
      microUsd: 2 * gateway.prices.costMicroUsd(MODEL, usage()),
      tokens: 2_100,
    });
    expect(gateway.stop()).toBeUndefined();
  });

  it("never fits two calls into what is left for one", async () => {
    let most = 0;
    const { gateway, ask } = await open(
      () => {
        most = Math.max(most, gatewayOf().account.spent().microUsd);
        return ok();
      },
      { slice: { microUsd: 100_000, tokens: 1_000_000 } },
    );
    const gatewayOf = () => gateway;
    const replies = await Promise.all(Array.from({ length: 12 }, () => ask()));
    await Promise.all(replies.map((reply) => reply.text()));
    expect(most).toBeLessThanOrEqual(100_000);
    expect(most).toBeGreaterThan(60_000);
    expect(gateway.account.spent().microUsd).toBeLessThanOrEqual(100_000);
  });

  it.each<[string, Turn, boolean]>([
    ["a stream that breaks off", { kind: "cut", text: ["a", "b"], usage: usage() }, true],
    ["a reply that breaks off", { kind: "cut", text: ["a"], usage: usage() }, false],
    ["a stream without usage", { text: ["ok"] }, true],
    ["a reply without usage", { text: ["ok"] }, false],
    ["a connection that ends without a reply", { kind: "unsent" }, true],
    ["a provider that gave up", { kind: "status", status: 504 }, true],
  ])("books the worst case for %s", async (_what, turn, stream) => {
    const { gateway, ask } = await open(() => turn);
    const reply = await ask({ stream });
    await reply.text().catch(() => "broken off");
    const [call] = await gateway.opens();
    const [closed] = await gateway.closes();
    expect(closed).toMatchObject({ worstCase: true, cost: call?.worst });
    expect(gateway.account.spent()).toEqual(call?.worst);
  });

  it("shows the agent that a stream broke off", async () => {
    const { ask } = await open(() => ({ kind: "cut", text: ["a", "b"], usage: usage() }));
    const reply = await ask({ stream: true });
    await expect(reply.text()).rejects.toThrow();
  });

  it.each([400, 404, 422, 500, 503])(
    "books nothing for status %s, which the agent sees",
    async (status) => {
      const { gateway, ask } = await open(() => ({
        kind: "status",
        status,
        body: '{"said":"why"}',
      }));
      const reply = await ask();
      expect(reply.status).toBe(status);
      expect(await reply.json()).toEqual({ said: "why" });
      expect(gateway.account.spent()).toEqual(nothing);
      expect(await gateway.closes()).toMatchObject([{ priceSource: "not billed" }]);
      expect(gateway.metered().calls).toBe(0);
    },
  );

  it("books nothing where nobody could be asked", async () => {
    const { gateway, server, ask } = await open(() => ok());
    await server.stop();
    expect((await ask()).status).toBe(502);
    expect(gateway.account.spent()).toEqual(nothing);
  });

  it("leaves the provider when the agent leaves, and books the worst case", async () => {
    const { opens, release } = latch();
    const { gateway, server, ask } = await open(() => ({
      text: ["a", "b"],
      usage: usage(),
      paced: pace,
    }));
    let events = 0;
    const pace = () => ((events += 1) > 4 ? opens : Promise.resolve());
    const leaving = new AbortController();
    const reply = await ask({ stream: true }, leaving.signal);
    await reply.body?.getReader().read();
    leaving.abort();
    while (server.left.length === 0) await new Promise(setImmediate);
    while ((await gateway.closes()).length === 0) await new Promise(setImmediate);
    release();
    expect(await gateway.closes()).toMatchObject([{ worstCase: true }]);
  });

  it.each([
    ["a last piece", [{ choices: [{ delta: {}, finish_reason: "tool_calls" }], usage: whole }]],
    ["a piece of its own", [{ choices: [{ delta: {}, finish_reason: "stop" }] }, { usage: whole }]],
    ["an empty choice", [{ choices: [], usage: whole }]],
  ])(
    "takes what a server tells with every piece for the whole only at the end, in %s",
    (_, end) => {
      const reader = chat.createReader();
      for (const tokens of [1, 2, 3])
        reader.read({
          choices: [{ delta: { tool_calls: [{ index: 0 }] }, finish_reason: null }],
          usage: { prompt_tokens: 1_000, completion_tokens: tokens },
        });
      expect(reader.usage()).toBeUndefined();
      for (const piece of end) reader.read(piece);
      expect(reader.usage()).toMatchObject({ inputTokens: 1_000, outputTokens: 400 });
    },
  );

  it("books what is in flight when it is closed", async () => {
    const { gateway, server, ask } = await open(() => ({
      text: ["a"],
      usage: usage(),
      endless: true,
    }));
    const reply = await ask({ stream: true });
    const rest = reply.text().catch(() => "broken off");
    while ((await gateway.opens()).length === 0) await new Promise(setImmediate);
    await gateway.close();
    const [call] = await gateway.opens();
    expect(gateway.account.spent()).toMatchObject({ tokens: expect.any(Number) });
    expect(await gateway.closes()).toHaveLength(1);
    expect(call).toBeDefined();
    await rest;
    expect(server.asked).toHaveLength(1);
  });

  it("books a bill above the slice in full, and makes no more calls", async () => {
    const { gateway, ask } = await open(() => ok({ outputTokens: 900_000 }), {
      slice: { microUsd: 100_000, tokens: 100_000 },
    });
    expect((await ask()).status).toBe(200);
    await ask();
    expect(gateway.account.spent().microUsd).toBeGreaterThan(13_000_000);
    expect(gateway.stop()?.kind).toBe("needs-more");
  });

  it("holds no chunk of 50 streams at once back: each is seen before the next is sent", async () => {
    const seen = new Map<string, number>();
    const waiting = new Map<string, () => void>();
    const { gateway, server, ask } = await open((_request, { body }) => {
      const name = String((body["messages"] as { content: string }[])[0]?.content);
      let sent = 0;
      // Three events come before the first piece of text.
      const paced = async () => {
        while ((seen.get(name) ?? 0) < Math.min(sent - 3, 5)) {
          await new Promise<void>((resolve) => waiting.set(name, resolve));
        }
        sent += 1;
      };
      return { text: ["a", "b", "c", "d", "e"], usage: usage(), paced };
    });
    const streams = Array.from({ length: 50 }, async (_, at) => {
      const name = `agent ${at}`;
      const reply = await ask({ stream: true, messages: [{ role: "user", content: name }] });
      let text = "";
      for await (const chunk of reply.body as AsyncIterable<Uint8Array>) {
        text += Buffer.from(chunk).toString();
        seen.set(name, text.split("text_delta").length - 1);
        waiting.get(name)?.();
      }
    });
    await Promise.all(streams);
    expect([...seen.values()]).toEqual(Array<number>(50).fill(5));
    expect(server.bill).toHaveLength(50);
    expect(gateway.metered()).toMatchObject({
      calls: 50,
      inputTokens: 50_000,
      outputTokens: 2_500,
    });
  });
});
