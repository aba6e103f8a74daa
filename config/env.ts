/** The only reader of `process.env`: parsed once in an entry point, handed down as a frozen value. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { EXIT, Problem } from "../domain/problem.js";
import { defaultProjectsHome } from "./projects-home.js";
import { Secret } from "./secret.js";

type Variables = Readonly<Record<string, string | undefined>>;

const port = z.coerce.number().int().min(1).max(65_535).optional();
const text = z.string().optional();
const url = z.url({ protocol: /^https?$/ }).optional();

/** Every variable a person may set, with the example that `.env.example` and error messages show. */
export const VARIABLES = {
  MISSIONS_HOME: { schema: text, wants: "a folder", example: "~/.aidevops/missions" },
  MISSIONS_ENGINE_HOME: { schema: text, wants: "a folder", example: "~/.aidevops/missions-engine" },
  MISSIONS_PROJECTS: { schema: text, wants: "a folder", example: "~/missions" },
  MISSIONS_STORE: { schema: text, wants: "a folder", example: "/mnt/missions-store" },
  MISSIONS_SLOTS: {
    schema: z.coerce.number().int().min(1).max(1_000).optional(),
    wants: "a number from 1 to 1000",
    example: "20",
  },
  MISSIONS_ON_GATE: { schema: text, wants: "a command", example: "notify-send missions" },
  MISSIONS_COMPATIBLE_BASE_URL: {
    schema: url,
    wants: "an http or https address",
    example: "http://127.0.0.1:11434/v1",
  },
  MISSIONS_COMPATIBLE_API_KEY: { schema: text, wants: "a key", example: "your-key" },
  MISSIONS_WORKERS: {
    schema: z.enum(["here", "elsewhere"]).optional(),
    wants: "here or elsewhere",
    example: "here",
  },
  MISSIONS_TEMPORAL_PORT: { schema: port, wants: "a port from 1 to 65535", example: "7233" },
  MISSIONS_UI_PORT: { schema: port, wants: "a port from 1 to 65535", example: "8233" },
  TEMPORAL_ADDRESS: {
    schema: z
      .string()
      .regex(/^(?:\[[0-9a-fA-F:]+\]|[^\s:/]+):\d{1,5}$/)
      .optional(),
    wants: "host:port",
    example: "temporal.example.com:7233",
  },
  TEMPORAL_NAMESPACE: { schema: text, wants: "a namespace", example: "missions" },
  TEMPORAL_PROFILE: { schema: text, wants: "a profile name", example: "default" },
  XDG_CACHE_HOME: { schema: text, wants: "a folder", example: "~/.cache" },
  NO_COLOR: { schema: text, wants: "anything", example: "1" },
} as const;
type VariableName = keyof typeof VARIABLES;

/** Keys of model providers that a shell may hold; they are named, never read without being asked for. */
export const VENDOR_KEYS = [
  "ANTHROPIC_API_KEY",
  "OPENAI_API_KEY",
  "GOOGLE_GENERATIVE_AI_API_KEY",
  "OPENROUTER_API_KEY",
] as const;
export type VendorKeyName = (typeof VENDOR_KEYS)[number];

export interface Environment {
  /** Holds missions without a repository. */
  readonly home: string;
  readonly engineHome: string;
  /** Where blobs are kept that several hosts share; undefined: in the engine's folder, for this host alone. */
  readonly store: string | undefined;
  /** How many features this host takes at once; undefined: by its cores. */
  readonly slots: number | undefined;
  readonly cacheHome: string;
  /** Where repositories made for a mission go. */
  readonly projectsHome: string;
  /** The folder the user called from; npm moves into the package and says so by INIT_CWD. */
  readonly callerFolder: string;
  readonly userHome: string;
  readonly onGateCommand: string | undefined;
  readonly compatibleBaseUrl: string | undefined;
  readonly compatibleApiKey: Secret | undefined;
  /** Workers are kept by something else (a container engine, a service manager): `missions up` starts none. */
  readonly workersElsewhere: boolean;
  readonly temporalPort: number;
  readonly uiPort: number;
  /** TEMPORAL_* and what locates Temporal's profile file, for `@temporalio/envconfig`. */
  readonly temporalVariables: Readonly<Record<string, string>>;
  readonly path: string;
  /** The person's editor as a command line (VISUAL, else EDITOR); undefined where none is named. */
  readonly editor: string | undefined;
  readonly noColor: boolean;
  readonly vendorKeysInShell: readonly VendorKeyName[];
  /** MISSIONS_* names that nothing reads: most likely spelled wrong. */
  readonly unknownVariables: readonly string[];
  /** Environment of a child, built from nothing. A function, so that no print of this object shows it. */
  readonly childVariables: (child: ChildKind) => Record<string, string>;
}

/**
 * `worker`: ours. `server`: Temporal's. `tool`: a download or a compiler, which needs the user's proxies. `editor`: the
 * person's own, on their terminal and screen.
 */
export type ChildKind = "worker" | "server" | "tool" | "editor";

/** Where package tools fetch from and whom they trust; npm itself hands on its own names in lower case. */
const PACKAGES =
  "PIP_(?:(?:EXTRA_)?INDEX_URL|CONFIG_FILE|CERT)|NPM_CONFIG_(?:REGISTRY|USERCONFIG)|GO(?:PROXY|SUMDB|NOSUMDB|NOPROXY|PRIVATE|ENV)|CARGO_HOME|RUSTUP_HOME|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|GIT_SSL_CAINFO|CARGO_HTTP_CAINFO|XDG_CONFIG_HOME";

const PASSED_ON: Record<ChildKind, RegExp> = {
  worker: new RegExp(`^(?:PATH|HOME|LANG|MISSIONS_.+|TEMPORAL_.+|${PACKAGES})$`),
  server: /^(?:PATH|HOME|LANG|TMPDIR|SystemRoot)$/,
  tool: new RegExp(
    `^(?:PATH|HOME|LANG|TMPDIR|SystemRoot|LOCALAPPDATA|XDG_CACHE_HOME|GO[A-Z0-9]+|(?:HTTPS?|NO|ALL)_PROXY|(?:https?|no|all)_proxy|${PACKAGES})$`,
  ),
  editor:
    /^(?:PATH|HOME|LANG|LC_[A-Z]+|TERM|TERMINFO|COLORTERM|SHELL|USER|LOGNAME|TMPDIR|SystemRoot|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|XDG_.+|DBUS_SESSION_BUS_ADDRESS|VIM.*|NVIM.*|EMACS.*|VSCODE_IPC_.+|TMUX|SSH_TTY)$/,
};

/** @throws Problem naming every variable that cannot be used, all at once. */
export function readEnvironment(env: Variables = process.env): Environment {
  const parsed = parseVariables(env);
  const userHome = env["HOME"] || homedir();
  const callerFolder = env["INIT_CWD"] || process.cwd();
  const folder = (given: string | undefined, fallback: string) =>
    given === undefined ? fallback : resolve(callerFolder, given.replace(/^~(?=\/|$)/, userHome));
  const temporalPort = parsed.MISSIONS_TEMPORAL_PORT ?? 7233;
  const apiKey = parsed.MISSIONS_COMPATIBLE_API_KEY;
  const home = folder(parsed.MISSIONS_HOME, join(userHome, ".aidevops", "missions"));
  const engineHome = folder(
    parsed.MISSIONS_ENGINE_HOME,
    join(userHome, ".aidevops", "missions-engine"),
  );
  const projectsHome = folder(parsed.MISSIONS_PROJECTS, defaultProjectsHome(userHome));
  const store = parsed.MISSIONS_STORE === undefined ? undefined : folder(parsed.MISSIONS_STORE, "");
  // Relative folders are meant from the caller's folder, which a child does not know.
  const ours = {
    MISSIONS_HOME: home,
    MISSIONS_ENGINE_HOME: engineHome,
    MISSIONS_PROJECTS: projectsHome,
    ...(store === undefined ? {} : { MISSIONS_STORE: store }),
  };
  return Object.freeze({
    home,
    engineHome,
    store,
    slots: parsed.MISSIONS_SLOTS,
    cacheHome: join(folder(parsed.XDG_CACHE_HOME, join(userHome, ".cache")), "missions"),
    projectsHome,
    callerFolder,
    userHome,
    onGateCommand: parsed.MISSIONS_ON_GATE,
    compatibleBaseUrl: parsed.MISSIONS_COMPATIBLE_BASE_URL,
    compatibleApiKey: apiKey === undefined ? undefined : new Secret(apiKey),
    workersElsewhere: parsed.MISSIONS_WORKERS === "elsewhere",
    temporalPort,
    uiPort: parsed.MISSIONS_UI_PORT ?? (temporalPort <= 64_535 ? temporalPort + 1000 : 8233),
    temporalVariables: Object.freeze(
      pick(env, /^(?:TEMPORAL_.+|HOME|APPDATA|AppData|XDG_CONFIG_HOME)$/),
    ),
    path: env["PATH"] ?? "",
    editor: env["VISUAL"]?.trim() || env["EDITOR"]?.trim() || undefined,
    noColor: parsed.NO_COLOR !== undefined,
    vendorKeysInShell: Object.freeze(VENDOR_KEYS.filter((name) => Boolean(env[name]))),
    unknownVariables: Object.freeze(
      Object.keys(env).filter((name) => name.startsWith("MISSIONS_") && !(name in VARIABLES)),
    ),
    childVariables: (child: ChildKind) => ({
      ...pick(env, PASSED_ON[child]),
      ...(child === "worker" ? ours : {}),
    }),
  });
}

/** The value of a provider's key in the shell, for the one command that was asked to take it. */
export function takeVendorKey(
  name: VendorKeyName,
  env: Variables = process.env,
): Secret | undefined {
  const value = env[name];
  return value ? new Secret(value) : undefined;
}

type Parsed = { [Name in VariableName]: z.infer<(typeof VARIABLES)[Name]["schema"]> };

function parseVariables(env: Variables): Parsed {
  const problems: { name: VariableName; wants: string; example: string }[] = [];
  const parsed: Record<string, unknown> = {};
  for (const [name, { schema, wants, example }] of Object.entries(VARIABLES)) {
    // An empty variable is an unset one: that is how shells and Compose files switch a setting off.
    const result = schema.safeParse(env[name]?.trim() ? env[name].trim() : undefined);
    if (result.success) parsed[name] = result.data;
    else problems.push({ name: name as VariableName, wants, example });
  }
  if (problems.length > 0) {
    throw new Problem(
      EXIT.badInput,
      `Environment not usable: ${problems.map(({ name, wants }) => `${name} must be ${wants}`).join("; ")}.`,
      `Unset or change it, for example: ${problems.map(({ name, example }) => `${name}=${example}`).join(" ")}`,
    );
  }
  return parsed as Parsed;
}

function pick(env: Variables, names: RegExp): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && names.test(entry[0]),
    ),
  );
}
