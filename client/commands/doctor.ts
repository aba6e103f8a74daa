/** `missions doctor`: what this machine has, what is missing, and what to do about each. */
import { askServer, connectClient, resolveTarget } from "../../config/connection.js";
import type { Environment } from "../../config/env.js";
import { isRunning } from "../../config/processes.js";
import { isOlder, OLDEST_SERVER, PINNED } from "../../config/server/version.js";
import { readWorkerRecord } from "../../config/worker-process.js";
import { Problem } from "../../domain/problem.js";
import { enginePaths } from "../../store/engine-paths.js";
import { findAgents } from "../doctor/agents.js";
import { findBrowserHere } from "../doctor/browser.js";
import { findDiskSpace, findGit, findNode, findSandbox } from "../doctor/machine.js";
import { findForges } from "../doctor/forges.js";
import { findModelKeys, findShellKeys, findUnknownVariables } from "../doctor/models.js";
import { findOpenBudgets } from "../doctor/open-budgets.js";
import { findOrphans } from "../doctor/orphans.js";
import { findPollers } from "../doctor/pollers.js";
import { findQueue } from "../doctor/queue.js";
import { findRegistries } from "../doctor/registries.js";
import type { DoctorFinding } from "../doctor/finding.js";

/** A refused connection says so at once; a server that is busy with a mission may let one wait. */
const SERVER_MS = 15_000;

/** @returns one finding for each thing looked at, in the order a person would mend them. Contract: changes nothing. */
export async function doctor(
  options: { environment: Environment },
  report: (line: string) => void = () => undefined,
): Promise<DoctorFinding[]> {
  const { environment } = options;
  report("Looking at Node, git, server, worker, model keys, agents and disk.");
  const paths = enginePaths(environment.engineHome, environment.store);
  const [git, server, space, keys, agents, forges, browser, registries] = await Promise.all([
    findGit(environment),
    findServer(environment),
    findDiskSpace(environment),
    findModelKeys(environment),
    findAgents(environment),
    findForges(environment),
    findBrowserHere({ environment, paths }),
    findRegistries(environment),
  ]);
  return [findNode(process.versions.node), git, ...server, keys, ...agents]
    .concat(
      findShellKeys(environment),
      findUnknownVariables(environment),
      forges,
      space,
      await findSandbox(environment),
      registries,
      browser,
    )
    .filter((finding) => finding !== undefined);
}

async function findServer(environment: Environment): Promise<(DoctorFinding | undefined)[]> {
  try {
    const target = resolveTarget(environment);
    const answer = await askServer(target, SERVER_MS);
    if (answer.kind !== "temporal") {
      return [
        {
          name: "server",
          ok: false,
          found:
            answer.kind === "nothing"
              ? `nothing answers at ${target.address} (${target.chosenBy})`
              : `a program that is not Temporal answers at ${target.address}`,
          remedy: "npx missions up",
        },
        findWorkerProcess(environment),
      ];
    }
    const { version } = answer;
    const server: DoctorFinding = {
      name: "server",
      ok: isOlder(version, OLDEST_SERVER) ? false : version === PINNED.serverVersion || "warn",
      found: `Temporal ${version} at ${target.address} (${target.chosenBy})`,
      ...(version === PINNED.serverVersion
        ? {}
        : { remedy: `missions is tested with ${PINNED.serverVersion}` }),
    };
    const { client, close } = await connectClient(target, SERVER_MS);
    try {
      const polling = await findPollers(client);
      const worker = polling ?? findWorkerProcess(environment);
      return [
        server,
        worker,
        await findOrphans(client),
        await findOpenBudgets(client),
        await findQueue(client),
      ];
    } finally {
      await close();
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [{ name: "server", ok: false, found: error.message, remedy: error.remedy }];
  }
}

function findWorkerProcess(environment: Environment): DoctorFinding {
  const engine = enginePaths(environment.engineHome);
  const record = readWorkerRecord(engine);
  if (record && isRunning(record)) {
    return {
      name: "worker",
      ok: "warn",
      found: `process ${record.pid} runs but was not seen polling`,
      remedy: `Read ${engine.logs}/worker.log; npx missions down && npx missions up`,
    };
  }
  return { name: "worker", ok: false, found: "none runs", remedy: "npx missions up" };
}
