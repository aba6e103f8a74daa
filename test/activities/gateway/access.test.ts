import { afterEach, describe, expect, it } from "@jest/globals";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGateway } from "../../../activities/adapters/gateway/gateway.js";
import { createPlaces, KEY, openTestGateway } from "./a-gateway.js";
import type { GatewayWishes } from "./a-gateway.js";
import { usage } from "./scripted-provider.js";
import type { Turn } from "./scripted-provider.js";

const places = createPlaces();
afterEach(() => places.end());
const open = (wishes: Partial<GatewayWishes> = {}, turn: Turn = { text: ["ok"], usage: usage() }) =>
  places.open(wishes.model ?? "anthropic/claude-sonnet-4-5", () => turn, wishes);
const hello = [{ role: "user", content: "Hello" }];
const messages = { model: "claude-sonnet-4-5", max_tokens: 900, messages: hello };
const MESSAGES = "/anthropic/v1/messages";

describe("the gateway", () => {
  it("takes its own token, under any of the names of a key, and no other", async () => {
    const { gateway, server } = await open();
    const other = await open();
    const send = (headers: Record<string, string>, query = "", path = MESSAGES) =>
      fetch(`${gateway.listening}${path}${query}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(messages),
      });
    const foreign = other.gateway.token;
    for (const headers of [
      {},
      { authorization: `Bearer ${foreign}` },
      { "x-api-key": foreign },
      { "x-goog-api-key": "" },
      { authorization: `Basic ${gateway.token}` },
      { "x-api-key": KEY },
    ] as Record<string, string>[]) {
      const reply = await send(headers);
      expect(reply.status).toBe(401);
      expect(await reply.json()).toMatchObject({
        type: "error",
        error: { type: "authentication_error" },
      });
    }
    expect(
      await (await send({}, "", "/google/v1beta/models/x:generateContent")).json(),
    ).toMatchObject({
      error: { code: 401, status: "UNAUTHENTICATED" },
    });
    expect(await (await send({}, "", "/openai/v1/chat/completions")).json()).toMatchObject({
      error: { code: "invalid_api_key" },
    });
    expect(server.asked).toHaveLength(0);
    for (const [headers, query] of [
      [{ authorization: `Bearer ${gateway.token}` }, ""],
      [{ "x-api-key": gateway.token }, ""],
      [{ "x-goog-api-key": gateway.token }, ""],
      [{}, `?key=${gateway.token}`],
    ] as [Record<string, string>, string][]) {
      expect((await send(headers, query)).status).toBe(200);
    }
    expect(JSON.stringify(server.asked)).not.toContain(gateway.token);
  });

  it.each([
    "/",
    "/v1/messages",
    "/anthropic/v1/complete",
    "/anthropic/v1/messages/batches",
    "/anthropic/v1/files",
    "/anthropic/v1/chat/completions",
    "/openai/v1/responses/resp_1",
    "/openai/v1/images/generations",
    "/any/v1beta/models/gemini-2.5-pro:batchGenerateContent",
    "/any/v1beta/models/gemini-2.5-pro:generateContent",
    "/any/v1/chat/completions",
    "/any/v1/embeddings",
    "/anthropic/v1/messages/../../v1/files",
  ])("has nothing at %s", async (path) => {
    const { gateway, server } = await open();
    const reply = await gateway.post(path, messages);
    expect([400, 404]).toContain(reply.status);
    expect(await reply.text()).toContain("missions:");
    expect(server.asked).toHaveLength(0);
  });

  it("sends calls to the provider of the feature's model only, also under /any", async () => {
    const { gateway, server } = await open();
    expect((await gateway.post("/any/v1/messages", messages)).status).toBe(200);
    expect(server.asked[0]?.url).toBe("/v1/messages");
    const elsewhere = await gateway.post("/openrouter/v1/messages", messages);
    expect(elsewhere.status).toBe(400);
    expect(await elsewhere.text()).toContain("anthropic/claude-sonnet-4-5");
  });

  it("lets a server of one's own speak any of three forms", async () => {
    const settings =
      "models: {compatible/own: {input_usd_per_million: 1, output_usd_per_million: 2}}";
    const { gateway, server } = await open({ model: "compatible/own", settings });
    for (const [path, body] of [
      ["/compatible/v1/messages", messages],
      ["/any/v1/responses", { model: "x", input: "Hello" }],
      ["/compatible/chat/completions", { model: "x", messages: hello }],
    ] as const) {
      expect(await (await gateway.post(path, body)).text()).toContain("ok");
    }
    expect(server.asked.map(({ url }) => url)).toEqual([
      "/v1/messages",
      "/v1/responses",
      "/v1/chat/completions",
    ]);
    expect(server.asked.map(({ body }) => body["model"])).toEqual(["own", "own", "own"]);
    expect(await gateway.closes()).toHaveLength(3);
  });

  it("lists the models of the routing without asking anybody", async () => {
    const settings = "routing: {workers: anthropic/claude-haiku-4-5, research: openai/gpt-5.5}";
    const { gateway, server } = await open({ settings });
    const list = (await (await gateway.get("/anthropic/v1/models")).json()) as {
      data: { id: string }[];
    };
    expect(list.data.map(({ id }) => id)).toEqual(["claude-sonnet-4-5", "claude-haiku-4-5"]);
    expect(await (await gateway.get("/any/v1/models")).json()).toMatchObject({ object: "list" });
    expect(await (await gateway.get("/any/v1beta/models")).json()).toMatchObject({
      models: [{ name: "models/claude-sonnet-4-5" }, {}],
    });
    expect(await (await gateway.get("/anthropic/v1/models/claude-haiku-4-5")).json()).toMatchObject(
      {
        type: "model",
        id: "claude-haiku-4-5",
      },
    );
    expect((await gateway.get("/anthropic/v1/models/other")).status).toBe(404);
    expect((await gateway.get(MESSAGES)).status).toBe(405);
    expect(server.asked).toHaveLength(0);
  });

  it("counts tokens at the provider without booking anything", async () => {
    const { gateway, server } = await open();
    const reply = await gateway.post(`${MESSAGES}/count_tokens`, { ...messages, temperature: 1 });
    expect(reply.status).toBe(200);
    expect(server.asked[0]).toMatchObject({
      url: "/v1/messages/count_tokens",
      body: { model: "claude-sonnet-4-5", messages: hello },
    });
    expect(await gateway.opens()).toEqual([]);
  });

  it("sends an agent that tries a websocket on at once", async () => {
    const { gateway } = await open();
    const head = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(gateway.listening).port), "127.0.0.1", () => {
        socket.write(
          "GET /openai/v1/responses HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        );
      });
      socket.on("data", (data) => {
        resolve(data.toString());
      });
    });
    expect(head).toMatch(/^HTTP\/1.1 426 /);
  });

  it("listens on a socket of its own too, and leaves none behind", async () => {
    const { gateway } = await open();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = httpRequest(
        {
          socketPath: gateway.socket,
          path: "/anthropic/v1/models",
          headers: { "x-api-key": gateway.token },
        },
        (reply) => {
          reply.resume();
          resolve(reply.statusCode);
        },
      );
      sent.on("error", reject);
      sent.end();
    });
    expect(status).toBe(200);
    await gateway.close();
    expect(existsSync(gateway.socket)).toBe(false);
    await expect(fetch(gateway.listening)).rejects.toThrow();
  });

  it("has a socket where its folder's path is too long for one, and clears away those of killed attempts", async () => {
    const folder = join(mkdtempSync(join(tmpdir(), "long-")), "x".repeat(90));
    const { gateway, server } = await open();
    const port = createGateway({
      models: { upstream: async () => ({}) } as never,
      prices: gateway.prices,
      limits: {} as never,
    });
    const order = {
      run: {} as never,
      role: "worker" as const,
      model: "anthropic/claude-sonnet-4-5",
      rateLimitInlineMs: 0,
    };
    const long = await port.open({ ...order, folder });
    expect(existsSync(long.socket)).toBe(true);
    await long.close();
    expect(existsSync(long.socket)).toBe(false);
    const short = mkdtempSync(join(tmpdir(), "short-"));
    writeFileSync(join(short, "g-01234567.sock"), "");
    await (await port.open({ ...order, folder: short })).close();
    expect(existsSync(join(short, "g-01234567.sock"))).toBe(false);
    rmSync(short, { recursive: true });
    expect(server.asked).toHaveLength(0);
  });

  it.each([
    ["openai/unheard-of", undefined, "openai/unheard-of"],
    ["compatible/own", "compatible: {base_url: 'http://127.0.0.1:9/v1'}", "compatible/own"],
  ])("is not opened for %s, which has no price", async (model, settings, named) => {
    await expect(
      openTestGateway({ model, baseUrl: "http://127.0.0.1:9", ...(settings && {}) }),
    ).rejects.toMatchObject({ name: "Problem", message: expect.stringContaining(named) });
  });

  it.each([
    {
      kind: "status",
      status: 401,
      body: JSON.stringify({ error: { message: `bad key ${KEY}` } }),
      headers: { "x-request-id": KEY },
    },
    { kind: "status", status: 500, body: KEY },
    { kind: "status", status: 302, body: "", headers: { location: `http://127.0.0.1:9/${KEY}` } },
    { text: ["your key is ", KEY], usage: usage(), id: KEY },
  ] as Turn[])("never shows the key, even where the provider says it back: %j", async (turn) => {
    for (const stream of [false, true]) {
      const { gateway, server } = await open({}, turn);
      const reply = await gateway.post(MESSAGES, { ...messages, stream });
      const seen = `${JSON.stringify([...reply.headers])} ${await reply.text()}`;
      expect(seen).not.toContain(KEY);
      expect(JSON.stringify(await gateway.closes())).not.toContain(KEY);
      expect(server.asked).toHaveLength(1);
      expect(server.asked[0]?.headers["x-api-key"]).toBe(KEY);
      if (turn.kind === "status" && turn.status === 302) expect(reply.status).toBe(502);
    }
  });
});
