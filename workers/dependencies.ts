/** Adapters behind every port of the activities, from the environment. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createAcpAgent } from "../activities/adapters/acp/acp-agent.js";
import { agentsByName } from "../activities/adapters/agents-by-name.js";
import { createBlobFiles } from "../activities/adapters/blob-files.js";
import { createBrowserPort } from "../activities/adapters/browser/browser.js";
import { lookCommand } from "../activities/adapters/browser/look-command.js";
import { createBuiltinAgent } from "../activities/adapters/builtin-agent.js";
import { createCommandPort } from "../activities/adapters/command.js";
import { createFolderCommit } from "../activities/adapters/folder-commit.js";
import { createGateway } from "../activities/adapters/gateway/gateway.js";
import { createForges } from "../activities/adapters/forges/opening.js";
import { createHostClock } from "../activities/adapters/host-clock.js";
import { createRateLimits } from "../activities/adapters/rate-limits.js";
import { createScriptAgent } from "../activities/adapters/script-agent.js";
import { createTrees } from "../activities/adapters/trees.js";
import { createBriefs } from "../activities/briefs.js";
import type { ActivityDependencies } from "../activities/index.js";
import { externalAgents } from "../config/agents.js";
import type { Environment } from "../config/env.js";
import { readForgeToken } from "../config/forges.js";
import { scrub } from "../config/log.js";
import { createModelAccess } from "../config/models.js";
import { providerOffers } from "../config/offers.js";
import { createPackageHosts } from "../config/package-hosts.js";
import { createPackageTools } from "../config/package-tools.js";
import { createPrices } from "../config/prices.js";
import { openPrivateHosts } from "../config/private-hosts.js";
import { createSettingsReader, type Settings } from "../config/settings.js";
import { packageRoot } from "../config/package-root.js";
import type { ModelRouting } from "../domain/plan.js";
import { parseModelId } from "../domain/routing.js";
import type { ModelProvider } from "../domain/routing.js";
import { getBlob, putBlob } from "../store/blobs.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { readFinishedFeatures } from "../store/finished-features.js";
import { createGit } from "../store/git.js";
import { findBrowser } from "../qa/browser.js";

export interface Assembled {
  dependencies: Omit<ActivityDependencies, "pollers" | "queue" | "slots">;
  /** Values that must not appear in any log, commit or file; asked for each time. */
  secrets: () => readonly string[];
  stop(): void;
}

export async function assembleDependencies(
  environment: Environment,
  paths: EnginePaths,
  hostId: string,
): Promise<Assembled> {
  const { path, onGateCommand } = environment;
  const gitHost = { path, home: join(paths.root, "git-home") };
  const git = createGit(gitHost);
  const clock = createHostClock({ sleepsPath: paths.sleeps });
  const settings = createSettingsReader(paths.settings);
  const models = createModelAccess({
    keysPath: paths.keys,
    runFolder: paths.run,
    settings,
    compatibleBaseUrl: environment.compatibleBaseUrl,
    compatibleApiKey: environment.compatibleApiKey,
  });
  const prices = createPrices(settings);
  const limits = createRateLimits();
  const known = new Set<string>();
  const secrets = () => [...known];
  const blobs = {
    put: (content: string | Uint8Array, name: string) => putBlob(paths.blobs, content, name),
    get: (sha256: string) => getBlob(paths.blobs, sha256),
  };
  // Every key that was ever opened is scrubbed from then on.
  const watch = <T extends { secrets: string[] }>(opened: T): T => {
    for (const secret of opened.secrets) known.add(secret);
    return opened;
  };
  const watched = {
    ...models,
    open: async (model: string) => watch(await models.open(model)),
    upstream: async (provider: ModelProvider) => watch(await models.upstream(provider)),
  };
  const blobFiles = createBlobFiles(paths.blobs, environment.store !== undefined);
  const tokenOf = async (host: string) => {
    const token = (await readForgeToken(paths.keys, host))?.reveal();
    if (token !== undefined) known.add(token);
    return token;
  };
  const templates = join(packageRoot(), "templates");
  const template = (name: string) => readFile(join(templates, name), "utf8");
  const prompts = {
    templates: join(templates, "prompts"),
    overrides: join(environment.home, "prompts"),
  };
  const basis = async (routing: ModelRouting) => {
    const offers = await providerOffers({
      keysPath: paths.keys,
      settings,
      prices,
      compatibleBaseUrl: environment.compatibleBaseUrl,
    });
    const provider = parseModelId(routing.workers ?? "")?.provider;
    const offer = offers.find((each) => each.provider === provider) ?? offers[0];
    if (offer === undefined) return undefined;
    return { history: await readFinishedFeatures(paths), offer };
  };
  const commands = createCommandPort({ path, ...sandboxOf(environment, paths, settings) });
  const { userHome } = environment;
  const find = () => findBrowser({ path, home: userHome, fetched: fetchedTo(paths) });
  const browser = createBrowserPort({
    ...{ commands, path, userHome },
    find,
    child: qaChild(),
  });
  const gateway = createGateway({ models: watched, prices, limits });
  return {
    dependencies: {
      paths,
      hostId,
      git,
      clock,
      blobs,
      commands,
      browser,
      blobFiles,
      briefs: createBriefs({
        git,
        paths,
        template: await readFile(join(templates, "brief-template.md"), "utf8"),
        home: environment.home,
        others: join(environment.userHome, ".aidevops", "agents"),
      }),
      trees: createTrees({ git, paths, blobFiles }),
      folderCommit: createFolderCommit({ git, paths }),
      agents: agentsByName(
        {
          script: createScriptAgent(),
          builtin: createBuiltinAgent({
            models: watched,
            prices,
            blobs,
            prompts,
            limits,
          }),
        },
        {
          known: () => externalAgents(settings().agents),
          open: (definition) =>
            createAcpAgent(definition, {
              path,
              userHome: environment.userHome,
              commands,
              gateway,
              models: watched,
              blobs,
              prompts,
              look: () => lookCommand({ find, cli: cliFile(), readable: packageParts(), userHome }),
              scrub: (text) => scrub(text, secrets()),
            }),
        },
      ),
      models: watched,
      prices,
      limits,
      prompts,
      estimates: { basis },
      forges: createForges({ git, gitHost, paths, tokenOf, now: () => clock.now() }),
      pullRequestTemplates: {
        feature: await template("pull-request.md"),
        mission: await template("mission-pull-request.md"),
      },
      scrub: (text) => scrub(text, secrets()),
      missionTemplate: await readFile(join(templates, "mission-template.md"), "utf8"),
      onGateCommand,
    },
    secrets,
    stop: () => {
      clock.stop();
    },
  };
}

/** A Chromium that a person had fetched from npm; the worker itself fetches none. */
const fetchedTo = ({ root }: EnginePaths) => ({ folder: join(root, "browser"), fetch: false });

/** What children see of this package to look at apps: what it runs, and nothing that may lie beside it. */
const packageParts = () =>
  ["dist", "node_modules", "package.json"].map((part) => join(packageRoot(), part));

const qaChild = () => ({
  argv: [process.execPath, join(packageRoot(), "dist", "workers", "qa-child.js")],
  readable: packageParts(),
});

const cliFile = () => join(packageRoot(), "dist", "client", "cli.js");

/** Children see neither the user's home nor the engine's folder, and reach what the owner of this machine has named. */
function sandboxOf(environment: Environment, paths: EnginePaths, settings: () => Settings) {
  const packageHosts = createPackageHosts(environment);
  const privateHosts = () => openPrivateHosts(settings(), environment);
  return {
    hidden: [environment.userHome, environment.home, environment.projectsHome, paths.root],
    settings: () => {
      const { readable, memory_mb, processes, cpu_seconds, free_disk_mb } = settings().sandbox;
      return {
        readable,
        limits: {
          ...(memory_mb === undefined ? {} : { memoryBytes: memory_mb * 2 ** 20 }),
          ...(processes === undefined ? {} : { processes }),
          ...(cpu_seconds === undefined ? {} : { cpuSeconds: cpu_seconds }),
          ...(free_disk_mb === undefined ? {} : { freeDiskBytes: free_disk_mb * 2 ** 20 }),
        },
      };
    },
    hosts: async () => {
      const { hosts, package_hosts } = settings().sandbox;
      const own = privateHosts().map(({ name }) => name);
      return [...hosts, ...own, ...(package_hosts ? await packageHosts() : [])];
    },
    privateHosts,
    tools: createPackageTools(environment, join(paths.run, "package-settings")),
  };
}
