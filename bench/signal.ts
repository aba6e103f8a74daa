/** How fast a busy mission obeys: from the command sent until nothing more is granted, and until nothing more is paid. */
import { randomUUID } from "node:crypto";
import { guardWorkflowId, missionWorkflowId } from "../domain/ids.js";
import { sendCommand, startMission } from "../client/missions.js";
import { commandSignal, type CommandName, type Commands } from "../workflows/messages.js";
import type { Benchmark, Figures } from "./benchmark.js";
import { realActivities } from "./activities.js";
import { busyActivities, type Busy } from "./busy-activities.js";
import type { Engine } from "./engine.js";
import { signalAppliedMs } from "./events.js";
import { round, spread } from "./figures.js";
import { aPlan, makeBenchMission } from "./missions.js";
import { printTable, progress } from "./print.js";
import { until } from "./until.js";
import { withWorkers } from "./workers.js";

const sizes = {
  repetitions: 30,
  milestones: 8,
  features: 200,
  window: 20,
  leastMs: 200,
  mostMs: 500,
  callMs: 100,
};
type SignalSizes = typeof sizes;

export const bench: Benchmark<SignalSizes> = {
  about: "pause and adjustBudget sent to a mission with a full window, as update and as signal",
  full: sizes,
  quick: { ...sizes, repetitions: 2, milestones: 2, features: 60, window: 8 },
  async run(engine, sizes) {
    const real = await realActivities(engine);
    const busy = busyActivities(real.queue, sizes);
    const activities = { ...real.activities, ...busy.activities };
    try {
      return await withWorkers(engine, { ...real, activities }, () => measure(engine, busy, sizes));
    } finally {
      real.stop();
    }
  },
};

/** Stops all work, and lets it go on; `heardAs` is the guard's signal. */
const COMMANDS = {
  pause: { stop: ["pause", {}], goOn: ["resume", {}], heardAs: "hold" },
  adjustBudget: {
    stop: ["adjustBudget", { usd: 0.001 }],
    goOn: ["adjustBudget", { usd: 1_000 }],
    heardAs: "adjust",
  },
} as const;
type Via = "update" | "signal";
interface Sample {
  grantsMs: number;
  callsMs: number;
  answerMs: number;
}

async function measure(engine: Engine, busy: Busy, sizes: SignalSizes): Promise<Figures> {
  const figures: Figures = {};
  const rows: (string | number)[][] = [];
  for (const name of ["pause", "adjustBudget"] as const) {
    for (const via of ["update", "signal"] as const) {
      const samples = await sampleMission(engine, busy, sizes, name, via);
      const grants = spread(samples.map(({ grantsMs }) => grantsMs));
      const calls = spread(samples.map(({ callsMs }) => callsMs));
      const answer = spread(samples.map(({ answerMs }) => answerMs));
      figures[`${name}By${via === "update" ? "Update" : "Signal"}`] = { grants, calls, answer };
      const shown = [grants, calls, answer].flatMap(({ p50Ms, p95Ms }) => [p50Ms, p95Ms]);
      rows.push([`${name} by ${via}`, samples.length, ...shown]);
    }
  }
  const columns = ["no new slice", "no paid call", "answer"];
  printTable(["command", "n", ...columns.flatMap((text) => [`${text} p50 ms`, "p95 ms"])], rows);
  return figures;
}

/** One mission that is stopped and goes on again and again. */
async function sampleMission(
  engine: Engine,
  busy: Busy,
  sizes: SignalSizes,
  name: keyof typeof COMMANDS,
  via: Via,
): Promise<Sample[]> {
  const { client } = engine;
  const { stop, goOn, heardAs } = COMMANDS[name];
  const plan = aPlan(sizes.milestones, sizes.features, () => ({
    commands: ["true"],
    estimate: { usd: 0.01, hours: 0, tokens: 1_000 },
  }));
  const input = await makeBenchMission(engine, plan, { window: sizes.window });
  const { missionId } = input;
  await startMission(client, input);
  const samples: Sample[] = [];
  const openBefore = busy.open();
  const isBusy = () => busy.open() - openBefore >= sizes.window * 0.75;
  while (samples.length < sizes.repetitions) {
    await until(isBusy, "a full window", { limitMs: 300_000 });
    await until(() => Date.now() - busy.lastCallMs() < 50, "a paid call");
    const sentMs = Date.now();
    await send(engine, missionId, stop, via);
    const answerMs = Date.now() - sentMs;
    await until(() => Date.now() - busy.lastCallMs() > QUIET_MS, "quiet");
    const guard = guardWorkflowId(missionId);
    const appliedMs = await signalAppliedMs(client, guard, heardAs, sentMs);
    if (appliedMs === undefined) throw new Error(`the guard never heard of ${name}`);
    const sample = {
      grantsMs: round(appliedMs - sentMs),
      callsMs: Math.max(0, busy.lastCallMs() - sentMs),
      answerMs,
    };
    samples.push(sample);
    progress(`${name} by ${via} ${samples.length}: ${JSON.stringify(sample)}`);
    await send(engine, missionId, goOn, "update");
  }
  await send(engine, missionId, ["cancel", {}], "update");
  await client.workflow.getHandle(missionWorkflowId(missionId)).result();
  return samples;
}

/** Longer than any gap between two paid calls of a busy mission. */
const QUIET_MS = 3_000;

async function send<Name extends CommandName>(
  { client, context }: Engine,
  missionId: string,
  [name, payload]: readonly [Name, Omit<Commands[Name], "commandId" | "by">],
  via: Via,
): Promise<void> {
  const { by } = context;
  if (via === "update") {
    await sendCommand(client, missionId, name, payload, { by });
    return;
  }
  const command = { ...payload, by, commandId: randomUUID() };
  await client.workflow
    .getHandle(missionWorkflowId(missionId))
    .signal(commandSignal(name), command);
}
