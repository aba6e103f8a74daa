/** Many missions that wait for a person, beside a few that work: what they cost the worker, and what they cost the few. */
import { readFile } from "node:fs/promises";
import { up } from "../client/commands/up.js";
import { startMission } from "../client/missions.js";
import { readWorkerRecord } from "../config/worker-process.js";
import type { Benchmark } from "./benchmark.js";
import type { Engine } from "./engine.js";
import { median, round } from "./figures.js";
import { aPlan, endOf, makeBenchMission } from "./missions.js";
import { printTable, progress } from "./print.js";
import { until } from "./until.js";

const sizes = { waiting: 1_000, working: 20, features: 10, window: 3, rounds: 3 };
type ManySizes = typeof sizes;

export const bench: Benchmark<ManySizes> = {
  about: "missions at their plan gate beside missions at work: the worker's memory, and throughput",
  full: sizes,
  quick: { waiting: 30, working: 3, features: 3, window: 3, rounds: 1 },
  async run(engine, sizes) {
    await up({ environment: engine.environment }, () => undefined);
    const rss: Record<string, number> = { started: await workerRssBytes(engine) };
    await work(engine, { ...sizes, working: 1 }); // code is compiled
    const alone = await rounds(engine, sizes, "alone");
    rss["afterWork"] = await workerRssBytes(engine);
    await startWaiting(engine, sizes.waiting);
    rss["waiting"] = await workerRssBytes(engine);
    const beside = await rounds(engine, sizes, "beside those that wait");
    rss["waitingAfterWork"] = await workerRssBytes(engine);

    const perSecond = (ms: number) => round((sizes.working * sizes.features * 1_000) / ms, 2);
    const figures = {
      rssBytes: rss,
      bytesPerWaiting: round(((rss["waiting"] ?? 0) - (rss["afterWork"] ?? 0)) / sizes.waiting),
      aloneMs: alone,
      besideMs: beside,
      featuresPerSecondAlone: perSecond(alone),
      featuresPerSecondBeside: perSecond(beside),
      throughputKept: round(alone / beside, 3),
    };
    const mb = (bytes = 0) => round(bytes / 1e6);
    printTable(
      ["worker's memory", "MB"],
      [
        ["started", mb(rss["started"])],
        [`after ${sizes.working} missions`, mb(rss["afterWork"])],
        [`${sizes.waiting} wait`, mb(rss["waiting"])],
        [`${sizes.waiting} wait, after ${sizes.working} more`, mb(rss["waitingAfterWork"])],
      ],
    );
    printTable(
      [`${sizes.working} missions of ${sizes.features} features`, "ms", "features/s"],
      [
        ["alone", alone, figures.featuresPerSecondAlone],
        [`while ${sizes.waiting} wait`, beside, figures.featuresPerSecondBeside],
      ],
    );
    return figures;
  },
};

async function rounds(engine: Engine, sizes: ManySizes, what: string): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < sizes.rounds; n++) {
    times.push(await work(engine, sizes));
    progress(`${what}, round ${n + 1} of ${sizes.rounds}: ${round(times.at(-1) ?? 0)} ms`);
  }
  return round(median(times));
}

/** Missions that work at the same time, from start to end of all. @returns ms. */
async function work(engine: Engine, { working, features, window }: ManySizes): Promise<number> {
  const plan = aPlan(1, features);
  const inputs = [];
  for (let n = 0; n < working; n++) inputs.push(await makeBenchMission(engine, plan, { window }));
  const fromMs = performance.now();
  await Promise.all(
    inputs.map(async (input) => {
      await startMission(engine.client, input);
      await endOf(engine.client, input.missionId);
    }),
  );
  return performance.now() - fromMs;
}

/** Returns when each has its guard and stands at its gate. */
async function startWaiting(engine: Engine, waiting: number): Promise<void> {
  const plan = aPlan(1, 10);
  for (let n = 0; n < waiting; n++) {
    const input = await makeBenchMission(engine, plan, { window: 3, approved: false });
    await startMission(engine.client, input);
    if ((n + 1) % 100 === 0) progress(`${n + 1} of ${waiting} wait`);
  }
  const { client } = engine;
  const query = "WorkflowType = 'budgetGuardWorkflow' AND ExecutionStatus = 'Running'";
  const guards = async () => (await client.workflow.count(query)).count >= waiting;
  await until(guards, "a guard of each", { everyMs: 500, limitMs: 600_000 });
}

/** Resident memory of the worker process, as the system counts it. */
async function workerRssBytes({ paths }: Engine): Promise<number> {
  const pid = readWorkerRecord(paths)?.pid;
  const status = await readFile(`/proc/${pid ?? 0}/status`, "utf8");
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error("the worker's memory cannot be read");
  return Number(kilobytes) * 1_024;
}
