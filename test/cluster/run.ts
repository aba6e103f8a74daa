/**
 * The production shape of docker-compose.yml without containers: Temporal's server on PostgreSQL, two workers on one home,
 * one mission from the command line, one worker killed in the middle. `npm run test:cluster`; everything is removed at the end.
 */
import { mkdir, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { result } from "../../client/missions.js";
import { askServer, connectClient, type ServerTarget } from "../../config/connection.js";
import { readEnvironment } from "../../config/env.js";
import { stopProcess, type BackgroundProcess } from "../../config/processes.js";
import { PINNED } from "../../config/server/version.js";
import { NAMESPACE, TASK_QUEUE } from "../../domain/ids.js";
import { readPlanFile } from "../../store/plan-file.js";
import { composeService, repositoryPath } from "../helpers/compose-file.js";
import { CheckFailed, createChecks } from "./checks.js";
import { completedFeatures, guardTotals, waitUntilClosed, waitForStatus } from "./mission.js";
import { startPostgres } from "./postgres.js";
import { setUpSchema, startCluster } from "./temporal.js";
import { missions, startWorker, workerVariables } from "./workers.js";

const PLAN = "examples/thirty-features/plan.yaml";
/** Features that are done when a worker is killed: in the middle of the first milestone. */
const DONE_AT_KILL = 4;

const environment = readEnvironment();
const folder = await mkdtemp(join(tmpdir(), "missions-cluster-"));
const running: BackgroundProcess[] = [];
const keep = (started: BackgroundProcess) => void running.push(started);
const { check, say, fail, close } = createChecks();

/** Background processes do not keep this one awake. */
const awake = setInterval(() => undefined, 60_000);

/** Newest first; safe to repeat. */
async function cleanUp(): Promise<void> {
  for (const started of running.splice(0).reverse()) await stopProcess(started, 30_000);
  await rm(folder, { recursive: true, force: true });
}
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(name, () => {
    void cleanUp().finally(() => process.exit(130));
  });
}
function expect(found: unknown, wanted: unknown): void {
  if (isDeepStrictEqual(found, wanted)) return;
  throw new Error(`found ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
}

async function run(): Promise<void> {
  await Promise.all(["home", "logs", "data/projects"].map((name) => makeFolder(name)));
  const postgres = await check("PostgreSQL starts with an account for Temporal", () =>
    startPostgres(folder, environment.path, keep),
  );
  const parts = { folder, environment, postgres, say, keep };
  await check("the schema script makes both databases", () => setUpSchema(parts));
  await check("the schema script may run again", () => setUpSchema(parts));
  const address = await check("Temporal's server answers on PostgreSQL", () => startCluster(parts));
  const target: ServerTarget = { address, namespace: NAMESPACE, chosenBy: "TEMPORAL_ADDRESS" };
  await check(`it is the pinned version, ${PINNED.serverVersion}`, async () => {
    expect(await askServer(target), { kind: "temporal", version: PINNED.serverVersion });
  });

  const variables = workerVariables(folder, address, environment.path);
  await check(
    "`missions up` makes the namespace and starts neither server nor worker",
    async () => {
      const [, ...words] = composeService("namespace").command ?? [];
      const { server, worker } = (await missions(words, variables)) as Record<string, unknown>;
      expect(server, {
        address,
        namespace: NAMESPACE,
        chosenBy: "TEMPORAL_ADDRESS",
      });
      expect(worker, undefined);
    },
  );

  const workers = await check("two workers that are one host poll", async () => {
    const started = [];
    for (const name of ["worker-1", "worker-2"]) {
      started.push(await startWorker(name, folder, variables, keep));
    }
    return started;
  });
  const { client, connection, close: disconnect } = await connectClient(target, 10_000);
  try {
    await check("the server sees both", async () => {
      const { pollers } = await connection.workflowService.describeTaskQueue({
        namespace: NAMESPACE,
        taskQueue: { name: TASK_QUEUE },
      });
      const seen = new Set(pollers.map(({ identity }) => identity?.split("@")[1]));
      expect(seen, new Set(workers.map(({ pid }) => String(pid))));
    });

    const missionId = await check(`a mission starts from ${PLAN}`, async () => {
      const words = ["start", "--plan", repositoryPath(PLAN), "--yes", "--detach"];
      const started = (await missions(words, variables)) as { missionId: string; status: string };
      expect(started.status, "active");
      return started.missionId;
    });

    await check("one of the two workers is killed in the middle", async () => {
      const status = await waitForStatus(
        missionId,
        variables,
        ({ featuresDone }) => featuresDone >= DONE_AT_KILL,
        say,
      );
      const [killed] = workers;
      if (killed === undefined || status.featuresDone >= status.featuresTotal) {
        throw new Error("the mission was done before a worker was killed");
      }
      process.kill(killed.pid, "SIGKILL");
      expect(await killed.exited, null);
      say(`killed worker process ${killed.pid} with ${status.featuresDone} features done`);
    });

    const ended = await check("the other worker completes the mission", async () => {
      const status = await waitForStatus(
        missionId,
        variables,
        ({ status }) => !["planning", "active", "validating"].includes(status),
        say,
      );
      expect([status.status, status.featuresDone], ["completed", status.featuresTotal]);
      const { status: ended } = await result(client, missionId);
      expect(ended, "completed");
      return status;
    });
    await check("every feature has exactly one commit on the branch", async () => {
      const { plan } = await readPlanFile(repositoryPath(PLAN));
      const wanted = plan.milestones.flatMap(({ features }) => features.map(({ id }) => id));
      const { repo = "", branch = "" } = ended;
      const found = await completedFeatures(repo, branch, environment.path);
      expect(found.sort(), wanted.sort());
    });
    await check("nothing is reserved in the guard, nor spent", async () => {
      const { reserved, spent, overrun } = await guardTotals(client, missionId);
      const nothing = { microUsd: 0, tokens: 0 };
      expect({ reserved, spent, overrun }, { reserved: nothing, spent: nothing, overrun: nothing });
    });
    await check("no workflow of the mission is left open", () =>
      waitUntilClosed(client, missionId),
    );
    await check("the worker that is left ends cleanly when it is told to", async () => {
      const [, left] = workers;
      if (left === undefined) throw new Error("there was none");
      expect(await stopProcess(left, 60_000), "stopped");
      expect(await left.exited, 0);
    });
  } finally {
    await disconnect();
  }
}

const makeFolder = (name: string) => mkdir(join(folder, name), { recursive: true });

/** The end of every log, for whoever reads a failed run. */
async function printLogs(): Promise<void> {
  const logs = join(folder, "logs");
  for (const name of await readdir(logs).catch(() => [])) {
    const text = await readFile(join(logs, name), "utf8");
    console.log(`--- ${name}\n${text.slice(-3_000)}`);
  }
}

try {
  await run();
} catch (error) {
  await printLogs();
  if (!(error instanceof CheckFailed)) fail(error);
} finally {
  await cleanUp();
  clearInterval(awake);
}
process.exit(close());
