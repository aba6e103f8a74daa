/** An open gateway on a real slice: its journal on disk, keys and addresses as the owner would give them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGateway } from "../../../activities/adapters/gateway/gateway.js";
import { createRateLimits } from "../../../activities/adapters/rate-limits.js";
import type { RateLimits } from "../../../activities/adapters/rate-limits.js";
import type { Fence } from "../../../activities/fence.js";
import { openSliceAccount } from "../../../activities/slice-account.js";
import { writeKey } from "../../../config/keys.js";
import { createModelAccess } from "../../../config/models.js";
import { createPrices } from "../../../config/prices.js";
import { Secret } from "../../../config/secret.js";
import { createSettingsReader } from "../../../config/settings.js";
import type { Amount } from "../../../domain/mission.js";
import { parseModelId } from "../../../domain/routing.js";
import { enginePaths } from "../../../store/engine-paths.js";
import { writeWhole } from "../../../store/files.js";
import { readJournal } from "../../../store/journal.js";
import { startProvider } from "./scripted-provider.js";
import type { Asked, ScriptedProvider, Turn } from "./scripted-provider.js";
import type { JournalClosed, JournalOpen } from "../../../store/journal.js";

export const KEY = "sk-real-key-0123456789";
export const PLENTY: Amount = { microUsd: 50_000_000, tokens: 5_000_000 };

export interface GatewayWishes {
  model: string;
  baseUrl: string;
  slice?: Amount;
  fence?: () => Promise<Fence>;
  limits?: RateLimits;
  rateLimitInlineMs?: number;
  settings?: string;
  signal?: AbortSignal;
}

export type TestGateway = Awaited<ReturnType<typeof openTestGateway>>;

export async function openTestGateway(wishes: GatewayWishes) {
  const root = mkdtempSync(join(tmpdir(), "gateway-"));
  const paths = enginePaths(join(root, "engine"));
  const provider = parseModelId(wishes.model)?.provider;
  const version = provider === "google" ? "v1beta" : "v1";
  const address = `{base_url: "${wishes.baseUrl}/${version}"}`;
  const keyed = provider !== "compatible" && provider !== "demo" && provider !== undefined;
  await writeWhole(
    paths.settings,
    `${keyed ? `providers: {${provider}: ${address}}` : `compatible: ${address}`}\n${wishes.settings ?? ""}\n`,
  );
  if (provider !== undefined && provider !== "demo")
    await writeKey(paths.keys, provider, new Secret(KEY));
  if (provider === "demo")
    await writeWhole(
      join(paths.run, "demo-model.json"),
      JSON.stringify({ port: Number(new URL(wishes.baseUrl).port) }),
    );
  const settings = createSettingsReader(paths.settings);
  const prices = createPrices(settings);
  const journal = join(root, "journal.jsonl");
  const slice = { key: "1/1/1.1/1", amount: wishes.slice ?? PLENTY };
  const account = await openSliceAccount({
    path: journal,
    slice: { ...slice, activeMsLeft: 1_000_000 },
    milestoneId: "1",
    featureId: "1.1",
    fresh: true,
    now: Date.now,
  });
  if (account === undefined) throw new Error("no account");
  const port = createGateway({
    models: createModelAccess({ keysPath: paths.keys, runFolder: paths.run, settings }),
    prices,
    limits: wishes.limits ?? createRateLimits(),
  });
  const opened = await port.open({
    run: {
      attempt: 1,
      signal: wishes.signal ?? new AbortController().signal,
      account,
      now: Date.now,
      fence: wishes.fence ?? (() => Promise.resolve("go" as const)),
    },
    role: "worker",
    model: wishes.model,
    rateLimitInlineMs: wishes.rateLimitInlineMs ?? 1_000,
    folder: join(root, "engine", "run"),
  });
  const entries = async () => (await readJournal(journal)) ?? [];
  const headers = { authorization: `Bearer ${opened.token}`, "content-type": "application/json" };
  return {
    ...opened,
    account,
    prices,
    provider,
    slice: slice.amount,
    /** Address for a client library of the provider. */
    baseUrl: `${opened.listening}/${provider ?? ""}/${version}`,
    post: (path: string, body: unknown, more: Record<string, string> = {}, signal?: AbortSignal) =>
      fetch(`${opened.listening}${path}`, {
        method: "POST",
        headers: { ...headers, ...more },
        body: typeof body === "string" ? body : JSON.stringify(body),
        ...(signal ? { signal } : {}),
      }),
    get: (path: string) => fetch(`${opened.listening}${path}`, { headers }),
    opens: async () =>
      (await entries()).filter((each): each is JournalOpen => each.state === "open"),
    closes: async () =>
      (await entries()).filter((each): each is JournalClosed => each.state === "closed"),
    end: async () => {
      await opened.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Gateways with their providers, ended together after a test. */
export function createPlaces() {
  const opened: { gateway: TestGateway; server: ScriptedProvider }[] = [];
  const keep = (gateway: TestGateway, server: ScriptedProvider) => {
    opened.push({ gateway, server });
    return { gateway, server, last: () => server.asked.at(-1)?.body ?? {} };
  };
  return {
    keep,
    open: async (
      model: string,
      turnAt: (request: number, asked: Asked) => Turn,
      wishes: Partial<GatewayWishes> = {},
    ) => {
      const server = await startProvider(turnAt);
      return keep(await openTestGateway({ model, baseUrl: server.baseUrl, ...wishes }), server);
    },
    end: async () => {
      for (const { gateway } of opened) await gateway.end();
      for (const { server } of opened.splice(0)) await server.stop();
    },
  };
}
