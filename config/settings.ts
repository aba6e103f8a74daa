/** `settings.yaml`: prices and addresses of models that the price library does not know, and this host's default routing. */
import { readFileSync, statSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { privateHost } from "../domain/hosts.js";
import { AGENT_NAME } from "../domain/mission.js";
import { EXIT, Problem } from "../domain/problem.js";
import { agentsSetting } from "./agents.js";

const usdPerMillion = z.number().min(0).max(100_000);
const model = z.string().regex(/^[a-z]+\/\S+$/, "must be provider/model");
const address = z.strictObject({ base_url: z.url({ protocol: /^https?$/ }) });
const routing = z.strictObject({
  orchestrator: model.optional(),
  workers: model.optional(),
  research: model.optional(),
  validation: model.optional(),
  tiers: z
    .strictObject({
      simple: model.optional(),
      standard: model.optional(),
      thinking: model.optional(),
    })
    .optional(),
});

const forge = z.strictObject({
  kind: z.enum(["github", "gitea", "gitlab"]),
  api_url: z.url({ protocol: /^https?$/ }).optional(),
  git_url: z.url({ protocol: /^https?$/ }).optional(),
});

const sandbox = z.strictObject({
  /** Names of hosts that confined commands may reach; `*.example.com` for all below it. */
  hosts: z
    .array(
      z.string().regex(/^(?:\*\.)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/, "must be names of hosts"),
    )
    .default([]),
  /** Also such whose addresses lie in a network of one's own, with a port where it is not 443 or 80. */
  private_hosts: z
    .array(
      z.string().transform((text, context) => {
        const host = privateHost(text);
        if (host !== undefined) return host;
        context.addIssue("must be a name of a host, or name:port, and not Temporal's");
        return z.NEVER;
      }),
    )
    .default([]),
  /** Also those that the package tools of this machine are set to. */
  package_hosts: z.boolean().default(true),
  /** Folders that confined commands may read, as of a tool that lies in a home. */
  readable: z.array(z.string().startsWith("/", "must be whole paths")).default([]),
  memory_mb: z.number().int().min(64).max(100_000_000).optional(),
  processes: z.number().int().min(16).max(4_000_000).optional(),
  cpu_seconds: z.number().int().min(1).max(100_000_000).optional(),
  /** What is to stay free on the disk. */
  free_disk_mb: z.number().int().min(0).max(100_000_000).optional(),
});

/** Other parts of the file belong to others, so unknown top-level keys pass. */
const settings = z.looseObject({
  models: z
    .record(
      model,
      z.strictObject({
        input_usd_per_million: usdPerMillion,
        output_usd_per_million: usdPerMillion,
        cache_read_usd_per_million: usdPerMillion.optional(),
        cache_write_usd_per_million: usdPerMillion.optional(),
        context_tokens: z.number().int().min(4_000).max(100_000_000).optional(),
      }),
    )
    .default({}),
  routing: routing.default({}),
  /** Does the features of new plans that name no agent. */
  agent: z.string().regex(AGENT_NAME, "must be the name of an agent").optional(),
  agents: agentsSetting,
  compatible: address.optional(),
  /** Instead of the provider's own address: an endpoint of the same kind that one hosts oneself. */
  providers: z
    .strictObject({
      anthropic: address.optional(),
      openai: address.optional(),
      google: address.optional(),
      openrouter: address.optional(),
    })
    .default({}),
  /** By host, as `git.example.com`: what its address does not tell. */
  forges: z.record(z.string(), forge).default({}),
  sandbox: sandbox.prefault({}),
});
export type Settings = z.output<typeof settings>;
export type ModelPrice = Settings["models"][string];

/** Reads the file anew whenever it has changed. @returns a function that throws a Problem for a file that cannot be used. */
export function createSettingsReader(path: string): () => Settings {
  let kept: { stamp: string; value: Settings } | undefined;
  return () => {
    const found = statSync(path, { throwIfNoEntry: false });
    const stamp = found === undefined ? "none" : `${found.mtimeMs}/${found.size}/${found.ino}`;
    if (kept?.stamp !== stamp) kept = { stamp, value: readSettings(path, found !== undefined) };
    return kept.value;
  };
}

function readSettings(path: string, exists: boolean): Settings {
  let content: unknown;
  try {
    content = exists ? parse(readFileSync(path, "utf8"), { maxAliasCount: 20 }) : {};
  } catch (cause) {
    throw unusable(path, cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : "", cause);
  }
  const read = settings.safeParse(content ?? {});
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw unusable(path, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "wrong shape"}`);
}

const unusable = (path: string, why: string, cause?: unknown) =>
  new Problem(
    EXIT.noModel,
    `The settings cannot be used: ${why}`,
    `Mend ${path}; docs/operations.md shows its keys.`,
    cause,
  );
