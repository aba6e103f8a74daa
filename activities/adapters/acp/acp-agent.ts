/** Any agent that speaks the Agent Client Protocol, as an agent of ours: held to its slice, its workspace and its time. */
import type { AgentDefinition } from "../../../domain/agents.js";
import { agentModel, modelFlaw } from "../../../domain/agents.js";
import { FAILURE } from "../../../domain/failures.js";
import { mergeRouting, parseModelId } from "../../../domain/routing.js";
import { findProgram } from "../../../store/programs.js";
import type { PromptFolders } from "../../../store/prompts.js";
import { readPrompt } from "../../../store/prompts.js";
import type { AgentEnding, AgentPort, AgentRun } from "../../agent.js";
import { failure, superseded, workerStopped } from "../../attempt-failure.js";
import type {
  BlobPort,
  CommandPort,
  GatewayPort,
  ModelAccessPort,
  OpenGateway,
  SandboxState,
} from "../../ports.js";
import type { LookCommand } from "../browser/look-command.js";
import type { StreamLimits } from "./agent-stream.js";
import { converse } from "./converse.js";
import { lookFolder } from "./prompt.js";
import { isPlainModel, loginFiles, pointed, writeHomeFiles } from "./pointing.js";
import { openReportedAccount } from "./reported-account.js";
import type { ReportedAccount } from "./reported-account.js";
import { createSessionRecord } from "./session-record.js";
import { usageOf } from "./usage.js";

export interface AcpAgentDependencies {
  /** PATH of the agents. */
  path: string;
  /** Where a person's own logins are: only an agent that nobody meters gets a copy of its own. */
  userHome: string;
  commands: Pick<CommandPort, "sandbox" | "gatewayAddress">;
  gateway: GatewayPort;
  models: Pick<ModelAccessPort, "defaultRouting">;
  blobs: Pick<BlobPort, "get">;
  prompts: PromptFolders;
  /** Takes known secrets out of a text. */
  scrub: (text: string) => string;
  limits?: StreamLimits;
  /** How an agent looks at an app that it has started; left out: it is told nothing of it. */
  look?: () => Promise<LookCommand | undefined>;
}

/** Contract: as AgentPort; a second run takes the session up from its last checkpoint. */
export function createAcpAgent(definition: AgentDefinition, deps: AcpAgentDependencies): AgentPort {
  return {
    async work(run) {
      const program = await findProgram(definition.command[0] ?? "", deps.path);
      if (program === undefined)
        return { ...failed(notInstalled(definition)), stop: "agent", lasting: true };
      const role = run.feature.kind === "research" ? "research" : "worker";
      const routing = mergeRouting(deps.models.defaultRouting(), run.plan.model_routing);
      const model = agentModel(definition, routing, run.feature, run.input.tier);
      const sandbox = await deps.commands.sandbox();
      const mayRunCommands = sandbox.works || run.unsandboxed;
      const isDemo = model !== undefined && parseModelId(model)?.provider === "demo";
      if (!mayRunCommands && !(isDemo && definition.gateway !== "none")) {
        return failed(notAllowed(definition.name, sandboxFlaw(sandbox)));
      }
      const prompt = await readPrompt(deps.prompts, "agent");
      const work = { definition, deps, run, program, rules: prompt.text };
      const bounds = {
        folders: [run.paths.tree, run.paths.handover, lookFolder(run.paths.home)],
        mayRunCommands: mayRunCommands || isDemo,
        mayFetch: sandbox.works,
      };
      const ending =
        definition.gateway === "none"
          ? await reported({ ...work, bounds }, role)
          : await metered({ ...work, bounds }, role, model);
      return { promptHash: prompt.sha256, ...ending };
    },
  };
}

interface Work {
  definition: AgentDefinition;
  deps: AcpAgentDependencies;
  run: AgentRun;
  program: string;
  rules: string;
  bounds: { folders: string[]; mayRunCommands: boolean; mayFetch: boolean };
}

/** Its calls go through the gateway, whose word counts, whatever the agent says. */
async function metered(
  work: Work,
  role: "worker" | "research",
  model: string | undefined,
): Promise<AgentEnding> {
  const { definition, deps, run } = work;
  if (model === undefined) throw noModel(run.feature.id, definition.name);
  const flaw = modelFlaw(definition, model);
  if (flaw !== undefined)
    return failed(`${flaw}. Name another under agents.${definition.name}.model in settings.yaml.`);
  if (!isPlainModel(model))
    return failed(`${definition.name} cannot be told of a model called ${model.slice(0, 80)}.`);
  const gateway = await deps.gateway.open({
    run,
    role,
    model,
    rateLimitInlineMs: run.input.rateLimitInlineMs,
    folder: run.engineFolder,
  });
  try {
    const address = await deps.commands.gatewayAddress(gateway.listening);
    const record = createSessionRecord();
    const { env, files } = pointed(definition, { address, token: gateway.token, model });
    const clean = (text: string) => deps.scrub(text.replaceAll(gateway.token, "[token]"));
    const { ending, said } = await inHome(work, files, () =>
      converse({
        ...work,
        record,
        env,
        gatewaySocket: gateway.socket,
        argv: argvOf(work),
        mustEnd: () => gateway.stop() !== undefined,
        calls: () => gateway.metered().calls,
        clean,
      }),
    );
    const usage = usageOf(definition, gateway.metered(), said);
    return { ...(stoppedBy(gateway) ?? ending), usage, transcript: clean(record.transcript()) };
  } finally {
    await gateway.close();
  }
}

/** It pays by a login of its own: its word is all there is, and without one the whole slice counts. */
async function reported(work: Work, role: "worker" | "research"): Promise<AgentEnding> {
  const { definition, deps, run } = work;
  if (!definition.unmetered) return failed(unmetered(definition.name));
  const account = await openReportedAccount(run, definition.name, role);
  if ("kind" in account) return account;
  const record = createSessionRecord();
  const { env, files } = pointed(definition, undefined);
  const logins = await loginFiles(definition, deps.userHome);
  const { ending, said } = await inHome(work, { ...logins, ...files }, () =>
    converse({
      ...work,
      record,
      env,
      argv: argvOf(work),
      mustEnd: () => account.isOver(record.said.soFarMicroUsd()),
      calls: () => 0,
      clean: deps.scrub,
    }),
  );
  await account.close(said);
  const usage = usageOf(definition, undefined, said);
  return {
    ...overrun(account, record.said.soFarMicroUsd(), ending, run),
    usage,
    transcript: deps.scrub(record.transcript()),
  };
}

function overrun(
  account: ReportedAccount,
  costMicroUsd: number,
  ending: AgentEnding,
  { input }: AgentRun,
): AgentEnding {
  if (ending.kind !== "stopped" || !account.isOver(costMicroUsd)) return ending;
  return { kind: "needs-more", ask: input.slice.amount };
}

/** What the gateway refused or put off decides how the attempt ends, whatever the agent says. */
function stoppedBy(gateway: OpenGateway): AgentEnding | undefined {
  const stop = gateway.stop();
  if (stop?.kind !== "ended") return stop;
  if (stop.why === "superseded") throw superseded();
  // The journal or the server could not be reached, or the worker ends: none of the mission's own stops.
  if (stop.why === "leave") throw workerStopped();
  return { kind: "stopped" };
}

async function inHome<T>(
  { run }: Work,
  files: Record<string, string>,
  work: () => Promise<T>,
): Promise<T> {
  const remove = await writeHomeFiles(run.paths.home, files);
  try {
    return await work();
  } finally {
    await remove();
  }
}

const sandboxFlaw = (state: SandboxState) => (state.works ? "" : state.why);

const argvOf = ({ definition, program }: Work) => [program, ...definition.command.slice(1)];

const failed = (reason: string) => ({ kind: "failed" as const, reason });

const notInstalled = ({ name, command, install }: AgentDefinition) =>
  `The agent ${name} is not on this host: there is no program ${command[0] ?? ""}. Get it with: ${install}`;

const notAllowed = (name: string, why: string) =>
  `The agent ${name} may run commands on this machine only in a sandbox. ${why} Or start the mission with --unsandboxed.`;

const unmetered = (name: string) =>
  `Nothing meters what ${name} spends by its own login. Say unmetered: true under agents.${name} in settings.yaml, or point it at the gateway.`;

const noModel = (featureId: string, name: string) =>
  failure(
    FAILURE.modelUnknown,
    `Nothing says which model ${name} uses for feature ${featureId}. Set model_routing.workers in the plan, or agents: {${name}: {model: provider/model}} in settings.yaml.`,
    true,
  );
