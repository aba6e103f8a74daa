/** The external agents of this host: four that are known, and those of `agents` in settings.yaml. */
import { z } from "zod";
import { GATEWAY_SHAPES, type AgentDefinition } from "../domain/agents.js";
import { AGENT_NAME, OWN_AGENTS } from "../domain/mission.js";

const MINUTE_MS = 60_000;

const defaults = {
  env: {},
  files: {},
  unmetered: false,
  reportsCost: false,
  login: [],
  authMethods: [],
  silenceMs: 15 * MINUTE_MS,
  turnMs: 180 * MINUTE_MS,
} satisfies Partial<AgentDefinition>;

/** Verified by their documentation; docs/agents.md says more of each. */
export const BUILT_IN_AGENTS: readonly AgentDefinition[] = [
  {
    ...defaults,
    name: "claude-code",
    command: ["claude-agent-acp"],
    install: "npm install -g @agentclientprotocol/claude-agent-acp",
    gateway: "anthropic",
    env: {
      ANTHROPIC_BASE_URL: "{address}",
      ANTHROPIC_API_KEY: "{token}",
      ANTHROPIC_MODEL: "{model}",
      ANTHROPIC_DEFAULT_HAIKU_MODEL: "{model}",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_AUTOUPDATER: "1",
    },
    reportsCost: true,
    login: [".claude/.credentials.json"],
  },
  {
    ...defaults,
    name: "codex",
    command: ["codex-acp"],
    install: "npm install -g @agentclientprotocol/codex-acp",
    gateway: "openai",
    env: {
      MISSIONS_GATEWAY_TOKEN: "{token}",
      CODEX_API_KEY: "{token}",
      OPENAI_API_KEY: "{token}",
      // Its own sandbox cannot be made inside of ours.
      INITIAL_AGENT_MODE: "agent-full-access",
    },
    files: {
      ".codex/config.toml": [
        'model = "{model}"',
        'model_provider = "missions"',
        // Priced by the call and run by the provider: the gateway refuses it.
        'web_search = "disabled"',
        "[model_providers.missions]",
        'name = "missions"',
        'base_url = "{base_url}"',
        'env_key = "MISSIONS_GATEWAY_TOKEN"',
        'wire_api = "responses"',
        "",
      ].join("\n"),
    },
    login: [".codex/auth.json"],
    authMethods: ["api-key", "codex-api-key", "openai-api-key"],
  },
  {
    ...defaults,
    name: "opencode",
    command: ["opencode", "acp"],
    install: "npm install -g opencode-ai",
    gateway: "any",
    // Goes before a repository's own opencode.json, which is data.
    env: {
      OPENCODE_CONFIG_CONTENT: JSON.stringify({
        model: "missions/{model}",
        small_model: "missions/{model}",
        enabled_providers: ["missions"],
        provider: {
          missions: {
            npm: "{npm}",
            name: "missions",
            options: { baseURL: "{base_url}", apiKey: "{token}" },
            models: { "{model}": { name: "{model}" } },
          },
        },
        autoupdate: false,
        share: "disabled",
      }),
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
    },
    reportsCost: true,
    login: [".local/share/opencode/auth.json"],
  },
  {
    ...defaults,
    name: "gemini",
    command: ["gemini", "--acp"],
    install: "npm install -g @google/gemini-cli",
    gateway: "google",
    env: {
      GOOGLE_GEMINI_BASE_URL: "{address}",
      GEMINI_API_KEY: "{token}",
      GEMINI_MODEL: "{model}",
    },
    files: {
      ".gemini/settings.json": JSON.stringify({
        security: { auth: { selectedType: "gemini-api-key" } },
        model: { name: "{model}" },
        privacy: { usageStatisticsEnabled: false },
        general: { disableAutoUpdate: true },
      }),
    },
    login: [".gemini/oauth_creds.json"],
    authMethods: ["gemini-api-key"],
  },
];

const minutes = z.number().positive().max(1_440);
const text = z.string().min(1).max(4_000);
/** Below HOME, and nowhere else. */
const homePath = z
  .string()
  .max(200)
  .regex(/^(?!.*(?:^|\/)\.\.?(?:\/|$))[\w.-]+(?:\/[\w.-]+)*$/, "must be a path below the home");

export const agentsSetting = z
  .record(
    z
      .string()
      .regex(AGENT_NAME, "must be lower-case letters, digits and dashes")
      .refine((name) => !(OWN_AGENTS as readonly string[]).includes(name), {
        message: "is the name of an agent of our own",
      }),
    z.strictObject({
      command: z.array(text).min(1).max(50).optional(),
      install: text.optional(),
      gateway: z.enum(GATEWAY_SHAPES).optional(),
      model: z
        .string()
        .regex(/^[a-z]+\/[\w./:@-]+$/, "must be provider/model")
        .optional(),
      env: z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.string().max(10_000)).optional(),
      files: z.record(homePath, z.string().max(100_000)).optional(),
      unmetered: z.boolean().optional(),
      reports_cost: z.boolean().optional(),
      login: z.array(homePath).max(10).optional(),
      silence_minutes: minutes.optional(),
      turn_minutes: minutes.optional(),
    }),
  )
  .default({});
export type AgentsSetting = z.output<typeof agentsSetting>;

/** Every external agent by its name; settings go before what is built in. */
export function externalAgents(setting: AgentsSetting): Map<string, AgentDefinition> {
  const known = new Map(BUILT_IN_AGENTS.map((definition) => [definition.name, definition]));
  for (const [name, given] of Object.entries(setting)) {
    const base = known.get(name) ?? unknownAgent(name, given.gateway ?? "openai");
    known.set(name, merged(base, given));
  }
  return known;
}

function merged(base: AgentDefinition, given: AgentsSetting[string]): AgentDefinition {
  const pays = given.gateway === "none";
  return {
    ...base,
    command: given.command ?? base.command,
    install: given.install ?? base.install,
    gateway: given.gateway ?? base.gateway,
    model: given.model ?? base.model,
    // What points an agent at the gateway would take its own login from it.
    env: { ...(pays ? unpointed(base.env) : base.env), ...given.env },
    files: { ...(pays ? {} : base.files), ...given.files },
    authMethods: pays ? [] : base.authMethods,
    unmetered: given.unmetered ?? base.unmetered,
    reportsCost: given.reports_cost ?? base.reportsCost,
    login: given.login ?? base.login,
    silenceMs: (given.silence_minutes ?? base.silenceMs / MINUTE_MS) * MINUTE_MS,
    turnMs: (given.turn_minutes ?? base.turnMs / MINUTE_MS) * MINUTE_MS,
  };
}

const unpointed = (env: AgentDefinition["env"]) =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => !/\{[a-z_]+\}/.test(value)));

/** By the variables that most programs of an interface know. */
function unknownAgent(name: string, gateway: AgentDefinition["gateway"]): AgentDefinition {
  const openai = { OPENAI_BASE_URL: "{base_url}", OPENAI_API_KEY: "{token}" };
  const anthropic = { ANTHROPIC_BASE_URL: "{address}", ANTHROPIC_API_KEY: "{token}" };
  const google = { GOOGLE_GEMINI_BASE_URL: "{address}", GEMINI_API_KEY: "{token}" };
  const env = { openai, anthropic, google, none: {}, any: openai }[gateway];
  const install = "see its own documentation";
  return { ...defaults, name, command: [name], install, gateway, env };
}
