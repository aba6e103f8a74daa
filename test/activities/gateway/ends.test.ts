import { afterEach, describe, expect, it } from "@jest/globals";
import { createRateLimits } from "../../../activities/adapters/rate-limits.js";
import type { Fence } from "../../../activities/fence.js";
import { createPlaces, openTestGateway } from "./a-gateway.js";
import type { GatewayWishes } from "./a-gateway.js";
import { startProvider, usage } from "./scripted-provider.js";
import type { Asked, Turn } from "./scripted-provider.js";

const MODEL = "anthropic/claude-sonnet-4-5";
const MESSAGES = "/anthropic/v1/messages";
const HELLO = {
  model: "claude-sonnet-4-5",
  max_tokens: 4_000,
  messages: [{ role: "user", content: "Hello" }],
};
const nothing = { microUsd: 0, tokens: 0 };

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

describe("the gateway", () => {
  it.each([
    ["stop", { kind: "ended", why: "stop" }],
    ["leave", { kind: "ended", why: "leave" }],
    ["superseded", { kind: "ended", why: "superseded" }],
    ["unreachable", { kind: "ended", why: "leave" }],
  ])("makes no call once the server says %s, and books none", async (answer, stop) => {
    let asked = 0;
    const { gateway, server, ask } = await open(() => ok(), {
      fence: () => {
        asked += 1;
        if (asked < 2) return Promise.resolve("go");
        return answer === "unreachable"
          ? Promise.reject(new Error("no server"))
          : Promise.resolve(answer as Fence);
      },
    });
    expect(await (await ask()).text()).toContain("ok");
    for (const reply of [await ask(), await ask()])
      expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(gateway.stop()).toEqual(stop);
    expect(server.asked).toHaveLength(1);
    expect(gateway.account.spent().tokens).toBe(1_050);
  });

  it("makes no call once the attempt is to end", async () => {
    const ending = new AbortController();
    const { gateway, server, ask } = await open(() => ok(), { signal: ending.signal });
    ending.abort();
    expect((await ask()).status).toBe(400);
    expect(gateway.stop()).toEqual({ kind: "ended", why: "stop" });
    expect(server.asked).toHaveLength(0);
  });

  it("waits inside for a short rate limit, which all gateways of that key respect", async () => {
    const limits = createRateLimits();
    let freeAtMs = Number.POSITIVE_INFINITY;
    const told = latch();
    const server = await startProvider(() =>
      Date.now() < freeAtMs
        ? { kind: "status", status: 429, headers: { "retry-after-ms": "200" } }
        : ok(),
    );
    const refused: typeof limits.refused = (key, nowMs, untilMs) => {
      limits.refused(key, nowMs, untilMs);
      freeAtMs = untilMs ?? 0;
      told.release();
    };
    const both = await Promise.all(
      [1, 2].map(() =>
        openTestGateway({ model: MODEL, baseUrl: server.baseUrl, limits: { ...limits, refused } }),
      ),
    );
    for (const gateway of both) places.keep(gateway, server);
    const first = both[0]?.post(MESSAGES, HELLO);
    await told.opens;
    const second = both[1]?.post(MESSAGES, HELLO);
    for (const reply of [await first, await second]) {
      expect(reply?.status).toBe(200);
      await reply?.text();
    }
    // One refusal was enough for both.
    expect(server.asked).toHaveLength(3);
    expect(await both[0]?.closes()).toMatchObject([
      { priceSource: "not billed" },
      { tokens: { input: 1_000 } },
    ]);
  });

  it.each([
    [429, { "retry-after": "3600" }],
    [529, { "retry-after": "3600" }],
    [
      429,
      {
        "anthropic-ratelimit-tokens-remaining": "0",
        "anthropic-ratelimit-tokens-reset": "2999-01-01T00:00:00Z",
      },
    ],
  ])("ends until a far rate limit is over: status %s, %j", async (status, headers) => {
    const { gateway, server, ask } = await open(() => ({ kind: "status", status, headers }));
    const reply = await ask();
    expect(reply.status).toBe(400);
    expect(await said(reply)).toContain("takes no calls until");
    expect(gateway.stop()).toMatchObject({ kind: "wait-until", why: "rate limit of anthropic" });
    await ask();
    expect(server.asked).toHaveLength(1);
    expect(gateway.account.spent()).toEqual(nothing);
  });

  it("takes an account without money for no limit that passes", async () => {
    const body = JSON.stringify({ error: { code: "insufficient_quota", message: "pay first" } });
    const { gateway, ask } = await open(() => ({ kind: "status", status: 429, body }));
    const reply = await ask();
    expect(reply.status).toBe(400);
    expect(await reply.text()).toContain("pay first");
    expect(gateway.stop()).toBeUndefined();
  });
});
