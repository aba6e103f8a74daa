/** What a mission costs above bare Temporal: pairs of the same work on the same server, runs alternating. */
import type { Benchmark } from "./benchmark.js";
import { idleActivities, realActivities } from "./activities.js";
import type { Engine } from "./engine.js";
import { median, round, sum } from "./figures.js";
import { aPlan, makeBenchMission, timeMission } from "./missions.js";
import { measureGit } from "./overhead-git.js";
import { printTable, progress, say } from "./print.js";
import { DEFAULT_TIMINGS } from "../domain/mission.js";
import type { bareFlat, bareMission, BareInput } from "./bare-workflows.js";
import { BARE_QUEUE, withWorkers } from "./workers.js";

const sizes = {
  pairs: 5,
  milestones: 10,
  features: 20,
  window: 20,
  realPairs: 5,
  gitFeatures: 40,
  gitPairs: 3,
};
type OverheadSizes = typeof sizes;

export const bench: Benchmark<OverheadSizes> = {
  about:
    "a mission against bare workflows of the same shape with the same activities, and git work against a shell script",
  full: sizes,
  quick: {
    ...sizes,
    pairs: 1,
    milestones: 2,
    features: 10,
    realPairs: 1,
    gitFeatures: 6,
    gitPairs: 1,
  },
  async run(engine, sizes) {
    const real = await realActivities(engine);
    try {
      const idle = { ...real.activities, ...idleActivities(real.queue) };
      const work = { engine, sizes };
      const noOp = await withWorkers(engine, { ...real, activities: idle, bare: true }, () =>
        measurePairs({ ...work, pairs: sizes.pairs, what: "no-op" }),
      );
      const full = await withWorkers(engine, { ...real, bare: true }, () =>
        measurePairs({ ...work, pairs: sizes.realPairs, what: "real" }),
      );
      say("\nThe mission's own parts (plan, mission.md, ledger) are real in both rows.");
      printTable(
        [
          "features' activities",
          "mission ms",
          "bare ms",
          "flat ms",
          "mission/bare",
          "mission/flat",
        ],
        [
          ...(noOp.length === 0 ? [] : [rowOf("no-op", noOp)]),
          ...(full.length === 0 ? [] : [rowOf("real, `true` in a folder", full)]),
        ],
      );
      const git =
        sizes.gitPairs === 0
          ? undefined
          : await withWorkers(engine, real, () => measureGit(engine, sizes));
      return {
        ...ratiosOf(noOp, ""),
        ...ratiosOf(full, "Real"),
        features: sizes.milestones * sizes.features,
        pairs: { noOp, real: full },
        git,
      };
    } finally {
      real.stop();
    }
  },
};

interface Pair {
  missionMs: number;
  bareMs: number;
  flatMs: number;
}

interface Measured {
  engine: Engine;
  sizes: OverheadSizes;
  pairs: number;
  what: string;
}

async function measurePairs({ engine, sizes, pairs, what }: Measured): Promise<Pair[]> {
  if (pairs === 0) return [];
  const { milestones, features, window } = sizes;
  const plan = aPlan(milestones, features);
  const small = aPlan(1, Math.min(5, features));
  const time: Record<keyof Pair, (plan: typeof small) => Promise<number>> = {
    missionMs: async (plan) =>
      timeMission(engine, await makeBenchMission(engine, plan, { window })),
    bareMs: (plan) => timeBare(engine, plan, window, "bareMission"),
    flatMs: (plan) => timeBare(engine, plan, window, "bareFlat"),
  };
  const kinds = ["missionMs", "bareMs", "flatMs"] as const;
  for (const kind of kinds) await time[kind](small); // code is loaded and compiled
  const measured: Pair[] = [];
  for (let n = 0; n < pairs; n++) {
    const pair: Pair = { missionMs: 0, bareMs: 0, flatMs: 0 };
    // Each kind goes first in turn, so that none always follows the same other.
    for (const kind of [...kinds.slice(n % 3), ...kinds.slice(0, n % 3)]) {
      pair[kind] = round(await time[kind](plan));
    }
    progress(`${what} pair ${n + 1} of ${pairs}: ${JSON.stringify(pair)}`);
    measured.push(pair);
  }
  return measured;
}

async function timeBare(
  engine: Engine,
  plan: ReturnType<typeof aPlan>,
  window: number,
  type: "bareMission" | "bareFlat",
): Promise<number> {
  // A record and a stored plan of its own, because the real activities read them.
  const { missionId, planHash } = await makeBenchMission(engine, plan, { window });
  const input: BareInput = {
    missionId,
    planHash,
    milestones: plan.milestones.map(({ id, features }) => ({
      id,
      features: features.map((feature) => feature.id),
    })),
    window,
    timings: DEFAULT_TIMINGS,
  };
  const startedMs = performance.now();
  await engine.client.workflow.execute<typeof bareMission | typeof bareFlat>(type, {
    workflowId: `bare/${missionId}`,
    taskQueue: BARE_QUEUE,
    args: [input],
  });
  return performance.now() - startedMs;
}

const ratios = (pairs: Pair[], against: "bareMs" | "flatMs") =>
  round(median(pairs.map((pair) => pair.missionMs / pair[against])), 3);

const ratiosOf = (pairs: Pair[], suffix: string) => ({
  [`ratio${suffix}`]: ratios(pairs, "bareMs"),
  [`ratioFlat${suffix}`]: ratios(pairs, "flatMs"),
});

const rowOf = (name: string, pairs: Pair[]) => [
  name,
  ...(["missionMs", "bareMs", "flatMs"] as const).map((kind) =>
    round(sum(pairs.map((pair) => pair[kind])) / pairs.length),
  ),
  ratios(pairs, "bareMs"),
  ratios(pairs, "flatMs"),
];
