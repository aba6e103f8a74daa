/** kill -9 of the worker while features run on the builtin agent: how soon each goes on, and which calls are paid twice. */
import { join } from "node:path";
import { startMission } from "../client/missions.js";
import { up } from "../client/commands/up.js";
import { readWorkerRecord } from "../config/worker-process.js";
import { featureWorkflowId } from "../domain/ids.js";
import type { Plan } from "../domain/plan.js";
import { writeWhole } from "../store/files.js";
import { journalPath, journalSpent, listJournals, readJournal } from "../store/journal.js";
import type { CannedReplies } from "../workers/demo-replies.js";
import { startModelServer, type ModelServer } from "../workers/demo-model-server.js";
import type { Benchmark } from "./benchmark.js";
import type { Engine } from "./engine.js";
import { activityStarts, runsOf } from "./events.js";
import { spread, sum } from "./figures.js";
import { aPlan, endOf, makeBenchMission } from "./missions.js";
import { printTable, progress } from "./print.js";
import { until } from "./until.js";

const sizes = { kills: 5, features: 4, turns: 12, latencyMs: 1_000, heartbeatMs: 20_000 };
type RecoverySizes = typeof sizes;

export const bench: Benchmark<RecoverySizes> = {
  about: "the worker is killed while features run and is started again at once",
  full: sizes,
  quick: { ...sizes, kills: 1, turns: 6, heartbeatMs: 5_000 },
  async run(engine, sizes) {
    const server = await startModelServer({
      replies: repliesOf(sizes),
      latencyMs: sizes.latencyMs,
    });
    try {
      // Without a process id: `missions down` must not take this process for the demo's server.
      const told = JSON.stringify({ port: server.port });
      await writeWhole(join(engine.paths.run, "demo-model.json"), told);
      return await measure(engine, server, sizes);
    } finally {
      await server.stop();
    }
  },
};

const idOf = (n: number) => `1.${n + 1}`;

function repliesOf({ features, turns }: RecoverySizes): CannedReplies {
  const looks = Array.from({ length: turns - 1 }, () => ({
    calls: [{ tool: "list", input: { path: "." } }],
  }));
  const conversation = [...looks, { calls: [{ tool: "finish", input: { summary: "looked" } }] }];
  return Object.fromEntries(Array.from({ length: features }, (_, n) => [idOf(n), conversation]));
}

async function measure(engine: Engine, server: ModelServer, sizes: RecoverySizes) {
  const plan: Plan = {
    ...aPlan(1, sizes.features, () => ({ agent: "builtin", brief: "Look around." })),
    model_routing: { workers: "demo/bench" },
  };
  await startWorker(engine);
  const kills = [];
  for (let n = 0; n < sizes.kills; n++) {
    const kill = await killOnce(engine, server, plan, sizes);
    progress(`kill ${n + 1} of ${sizes.kills}: ${JSON.stringify(kill)}`);
    kills.push(kill);
  }
  const again = spread(kills.flatMap(({ againMs }) => againMs));
  const workerMs = spread(kills.map((kill) => kill.workerMs));
  const repeated = sum(kills.map((kill) => kill.repeatedCalls));
  const repeatedPerKillAndFeature = repeated / (sizes.kills * sizes.features);
  const billedTokens = sum(kills.map((kill) => kill.billedTokens));
  const ledgerTokens = sum(kills.map((kill) => kill.ledgerTokens));
  printTable(
    ["after kill -9", "p50 ms", "p95 ms", "most ms"],
    [
      ["worker polls again", workerMs.p50Ms, workerMs.p95Ms, workerMs.mostMs],
      ["feature runs again", again.p50Ms, again.p95Ms, again.mostMs],
    ],
  );
  printTable(
    ["paid calls", "value"],
    [
      ["repeated, of all features and kills", repeated],
      ["tokens on the model server's bill", billedTokens],
      ["tokens in the ledger", ledgerTokens],
    ],
  );
  return {
    again,
    workerMs,
    repeated,
    repeatedPerKillAndFeature,
    billedTokens,
    ledgerTokens,
    kills,
  };
}

const startWorker = ({ environment }: Engine) => up({ environment }, () => undefined);

async function killOnce(
  engine: Engine,
  server: ModelServer,
  plan: Plan,
  { features, turns, heartbeatMs }: RecoverySizes,
) {
  const callsBefore = server.calls.length;
  const callsOf = (id: string) =>
    server.calls.slice(callsBefore).filter(({ feature }) => feature === id);
  const ids = Array.from({ length: features }, (_, n) => idOf(n));
  const input = await makeBenchMission(engine, plan, { window: features });
  const { missionId } = input;
  await startMission(engine.client, { ...input, timings: { heartbeatMs } });
  const underWay = Math.max(1, Math.floor(turns / 3));
  await until(() => ids.every((id) => callsOf(id).length >= underWay), "calls of every feature");

  const worker = readWorkerRecord(engine.paths);
  if (worker === undefined) throw new Error("no worker runs");
  const killedMs = Date.now();
  process.kill(worker.pid, "SIGKILL");
  await startWorker(engine);
  const workerMs = Date.now() - killedMs;
  await endOf(engine.client, missionId);

  const againMs = await Promise.all(
    ids.map(async (id) => Math.round((await lastStartMs(engine, missionId, id)) - killedMs)),
  );
  const calls = ids.flatMap(callsOf);
  const distinct = new Set(calls.map(({ feature, turn }) => `${feature}/${turn}`)).size;
  return {
    workerMs,
    againMs,
    repeatedCalls: calls.length - distinct,
    billedTokens: sum(calls.map(({ inputTokens, outputTokens }) => inputTokens + outputTokens)),
    ledgerTokens: await journalTokens(engine, missionId),
  };
}

/** Start of the attempt that went on after the kill. */
async function lastStartMs({ client }: Engine, missionId: string, id: string): Promise<number> {
  const starts: number[] = [];
  for await (const { events } of runsOf(client, featureWorkflowId(missionId, "1", id))) {
    starts.push(...activityStarts(events, "runAttempt").map(({ startedMs }) => startedMs));
  }
  return Math.max(...starts);
}

async function journalTokens({ paths }: Engine, missionId: string): Promise<number> {
  let tokens = 0;
  for (const key of await listJournals(paths.journals, missionId)) {
    const entries = await readJournal(journalPath(paths.journals, missionId, key));
    tokens += journalSpent(entries ?? []).spent.tokens;
  }
  return tokens;
}
