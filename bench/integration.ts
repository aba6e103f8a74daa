/** The integration queue: features that are all ready, merged and tested one after the other, against a shell script. */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { startMission } from "../client/missions.js";
import { milestoneWorkflowId } from "../domain/ids.js";
import type { Plan } from "../domain/plan.js";
import { DONE, idleActivities, realActivities, type RealActivities } from "./activities.js";
import type { Benchmark } from "./benchmark.js";
import type { Engine } from "./engine.js";
import { activityTimes, runsOf, timeOf } from "./events.js";
import { median, round, spread } from "./figures.js";
import { aPlan, endOf, makeBenchMission } from "./missions.js";
import { measurePairs } from "./pairs.js";
import { printTable } from "./print.js";
import { withWorkers } from "./workers.js";

const run = promisify(execFile);
const sizes = { features: 20, files: 1_000, testMs: 2_000, pairs: 3 };
type IntegrationSizes = typeof sizes;

const IDENTITY = "-c user.name=bench -c user.email=bench@localhost";
const NOTHING = { spent: DONE.spent, calls: 0, sleeps: [] };

export const bench: Benchmark<IntegrationSizes> = {
  about: "20 ready features are merged and tested one after the other, against a shell script",
  full: sizes,
  quick: { features: 4, files: 50, testMs: 50, pairs: 1 },
  async run(engine, sizes) {
    const real = await realActivities(engine);
    try {
      const pairs = await measurePairs<Pair>(sizes.pairs, async (n) => {
        const [ours, theirs] = await Promise.all([
          makeRepository(engine, `mission-${n}`, sizes),
          makeRepository(engine, `shell-${n}`, sizes),
        ]);
        return [
          () => timeQueue(engine, real, ours, sizes),
          async () => ({ shellMs: await timeShell(engine, theirs, sizes) }),
        ];
      });
      return figuresOf(pairs, sizes);
    } finally {
      real.stop();
    }
  },
};

interface Pair {
  /** From the start of the first merge to the end of the last, by the server's clock. */
  queueMs: number;
  /** Of it in the activities. */
  mergeMs: number[];
  shellMs: number;
}

function figuresOf(pairs: Pair[], { features }: IntegrationSizes) {
  const queueMs = round(median(pairs.map((pair) => pair.queueMs)));
  const shellMs = round(median(pairs.map((pair) => pair.shellMs)));
  const perMinute = (ms: number) => round((features * 60_000) / ms, 1);
  const ratio = round(median(pairs.map((pair) => pair.queueMs / pair.shellMs)), 2);
  printTable(
    ["merge and test", "ms", "merges per minute", "queue/this"],
    [
      ["integration queue", queueMs, perMinute(queueMs), 1],
      ["shell script", shellMs, perMinute(shellMs), ratio],
    ],
  );
  return {
    queueMs,
    shellMs,
    ratio,
    /** What a merge costs above the script's, whatever its tests take. */
    addedMs: round((queueMs - shellMs) / features),
    mergesPerMinute: perMinute(queueMs),
    shellMergesPerMinute: perMinute(shellMs),
    merge: spread(pairs.flatMap(({ mergeMs }) => mergeMs)),
    pairs: pairs.map(({ mergeMs: _, ...pair }) => pair),
  };
}

const branchOf = (n: number) => `work/${n}`;
const testOf = ({ testMs }: IntegrationSizes) => `node test.js ${testMs}`;
/** Reads what was merged, then waits as longer tests would. */
const TEST = `const fs = require("node:fs");
for (const name of fs.readdirSync("work")) if (fs.readFileSync("work/" + name, "utf8") === "") process.exit(1);
setTimeout(() => undefined, Number(process.argv[2]));
`;

/** A repository with a branch for each feature, all from one base. */
async function makeRepository(
  engine: Engine,
  name: string,
  { features, files }: IntegrationSizes,
): Promise<string> {
  const repository = join(engine.folder, "repositories", name);
  await mkdir(join(repository, "work"), { recursive: true });
  await writeFile(join(repository, "test.js"), TEST);
  for (let n = 0; n < files; n++) {
    await mkdir(join(repository, "src", String(n % 50)), { recursive: true });
    await writeFile(join(repository, "src", String(n % 50), `${n}.txt`), `file ${n}\n`.repeat(50));
  }
  await writeFile(join(repository, "work", "first.txt"), "first\n");
  const each = Array.from(
    { length: features },
    (_, n) =>
      `git switch -q -c ${branchOf(n)} main && echo ${n} > work/${n}.txt && git add -A && git ${IDENTITY} commit -q -m ${n}`,
  );
  const script = [
    `git init -q -b main && git add -A && git ${IDENTITY} commit -q -m First`,
    ...each,
    "git switch -q main",
  ].join("\n");
  await run("sh", ["-ec", script], { cwd: repository, env: engine.variables });
  return repository;
}

/** The same merges and tests in a clone, as a person would script them. */
async function timeShell(engine: Engine, repository: string, sizes: IntegrationSizes) {
  const clone = `${repository}-clone`;
  const options = { env: engine.variables };
  await run("git", ["clone", "-q", repository, clone], options);
  const merges = Array.from(
    { length: sizes.features },
    (_, n) =>
      `git ${IDENTITY} merge -q --no-ff --no-edit origin/${branchOf(n)} && ${testOf(sizes)} && git push -q origin HEAD:mission`,
  );
  const script = ["git switch -q -c mission", ...merges].join("\n");
  const startedMs = performance.now();
  await run("sh", ["-ec", script], { ...options, cwd: clone });
  return performance.now() - startedMs;
}

/** Features whose work is there already: only the queue, its merges and tests are real. */
async function timeQueue(
  engine: Engine,
  real: RealActivities,
  repository: string,
  sizes: IntegrationSizes,
): Promise<Omit<Pair, "shellMs">> {
  const { features } = sizes;
  const shape: Plan = aPlan(
    1,
    features,
    (n) => ({ commands: ["true"], touches: [`work/${n}.txt`] }),
    "git",
  );
  const plan = { ...shape, tests: [testOf(sizes)] };
  const commits = new Map<string, string>();
  for (const [n, { id }] of (plan.milestones[0]?.features ?? []).entries()) {
    const { stdout } = await run("git", ["rev-parse", branchOf(n)], { cwd: repository });
    commits.set(id, stdout.trim());
  }
  const idle = idleActivities(real.queue);
  const activities = {
    ...real.activities,
    ...idle,
    commitFeature: ({ feature }: { feature: { featureId: string } }) =>
      Promise.resolve({
        commit: commits.get(feature.featureId) ?? "",
        filesChanged: 1,
        files: [],
      }),
    reviewFeature: () =>
      Promise.resolve({ kind: "not-reviewed" as const, why: "not measured", ...NOTHING }),
    openPullRequest: () =>
      Promise.resolve({ kind: "open" as const, id: "1", where: "nowhere", awaitsCi: false }),
    settlePullRequest: () => Promise.resolve({}),
    openMissionPullRequest: () => Promise.resolve({ kind: "none" as const }),
  };
  const input = await makeBenchMission(engine, plan, { window: features, repo: repository });
  await withWorkers(engine, { activities, queue: real.queue }, async () => {
    await startMission(engine.client, input);
    await endOf(engine.client, input.missionId);
  });
  const id = milestoneWorkflowId(input.missionId, "1");
  for await (const { events } of runsOf(engine.client, id)) {
    const type = "integrateFeature";
    const scheduled = events.filter(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === type,
    );
    const ids = new Set(scheduled.map(({ eventId }) => String(eventId)));
    const ended = events.filter((event) =>
      ids.has(String(event.activityTaskCompletedEventAttributes?.scheduledEventId)),
    );
    const [first] = scheduled;
    const last = ended.at(-1);
    if (first === undefined || last === undefined || ended.length !== features)
      throw new Error(`${ended.length} of ${features} features were merged in one run`);
    return { queueMs: timeOf(last) - timeOf(first), mergeMs: activityTimes(events, type) };
  }
  throw new Error("the milestone has no history");
}
