/** A process of its own for `gateway.ts`: gateways as a worker has them, each with a slice and a journal on disk. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGateway } from "../activities/adapters/gateway/gateway.js";
import { createRateLimits } from "../activities/adapters/rate-limits.js";
import type { OpenGateway } from "../activities/ports.js";
import { openSliceAccount } from "../activities/slice-account.js";
import { createModelAccess } from "../config/models.js";
import { createPrices } from "../config/prices.js";
import { createSettingsReader } from "../config/settings.js";

const PLENTY = { microUsd: Number.MAX_SAFE_INTEGER, tokens: Number.MAX_SAFE_INTEGER };
const [, , port = "", count = "1"] = process.argv;
const folder = await mkdtemp(join(tmpdir(), "gateways-"));
const settings = createSettingsReader(join(folder, "settings.yaml"));
const models = createModelAccess({
  keysPath: join(folder, "keys.json"),
  runFolder: folder,
  settings: () => ({
    ...settings(),
    models: { "compatible/canned": { input_usd_per_million: 3, output_usd_per_million: 15 } },
  }),
  compatibleBaseUrl: `http://127.0.0.1:${port}/v1`,
});
const prices = createPrices(() => ({
  models: { "compatible/canned": { input_usd_per_million: 3, output_usd_per_million: 15 } },
}));
const gateways = createGateway({ models, prices, limits: createRateLimits() });
const opened: OpenGateway[] = [];
for (let n = 0; n < Number(count); n += 1) {
  const key = `1/1/1.${n}/1`;
  const account = await openSliceAccount({
    path: join(folder, `${n}.jsonl`),
    slice: { key, amount: PLENTY, activeMsLeft: 1 },
    milestoneId: "1",
    featureId: `1.${n}`,
    fresh: true,
    now: Date.now,
  });
  if (account === undefined) throw new Error("no account");
  opened.push(
    await gateways.open({
      // The fence of a real attempt costs a heartbeat on top, about 4 ms.
      run: {
        attempt: 1,
        signal: new AbortController().signal,
        account,
        now: Date.now,
        fence: () => Promise.resolve("go"),
      },
      role: "worker",
      model: "compatible/canned",
      rateLimitInlineMs: 1_000,
      folder: join(folder, String(n)),
    }),
  );
}
process.send?.({ gateways: opened.map(({ listening, token }) => ({ listening, token })) });

process.on("message", () => {
  const calls = opened.reduce((sum, each) => sum + each.metered().calls, 0);
  process.send?.({ rssBytes: process.memoryUsage.rss(), calls });
});
process.on("disconnect", () => {
  void Promise.all(opened.map((each) => each.close()))
    .then(() => rm(folder, { recursive: true, force: true }))
    .finally(() => process.exit());
});
