/** A milestone's validation: 20 checks on a fresh checkout, against a shell script with the same clone and commands. */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { startMission } from "../client/missions.js";
import { milestoneWorkflowId } from "../domain/ids.js";
import type { Check, Plan } from "../domain/plan.js";
import { idleActivities, realActivities, type RealActivities } from "./activities.js";
import type { Benchmark } from "./benchmark.js";
import type { Engine } from "./engine.js";
import { activityTimes, runsOf } from "./events.js";
import { median, round } from "./figures.js";
import { aPlan, endOf, makeBenchMission } from "./missions.js";
import { measurePairs } from "./pairs.js";
import { printTable } from "./print.js";
import { withWorkers } from "./workers.js";

const run = promisify(execFile);
const sizes = { checks: 20, files: 1_000, checkMs: 500, pairs: 5 };
type ValidationSizes = typeof sizes;

const IDENTITY = "-c user.name=bench -c user.email=bench@localhost";

export const bench: Benchmark<ValidationSizes> = {
  about: "a milestone of 20 checks on a fresh checkout, against a shell script",
  full: sizes,
  quick: { checks: 4, files: 50, checkMs: 50, pairs: 1 },
  async run(engine, sizes) {
    const real = await realActivities(engine);
    try {
      const pairs = await measurePairs<Pair>(sizes.pairs, async (n) => {
        const repository = await makeRepository(engine, `validated-${n}`, sizes);
        return [
          async () => ({ validationMs: await timeValidation(engine, real, repository, sizes) }),
          async () => ({ shellMs: await timeShell(engine, repository, sizes) }),
        ];
      });
      return figuresOf(pairs, sizes);
    } finally {
      real.stop();
    }
  },
};

interface Pair {
  /** Of the activity, by the server's clock. */
  validationMs: number;
  shellMs: number;
}

function figuresOf(pairs: Pair[], { checks }: ValidationSizes) {
  const validationMs = round(median(pairs.map((pair) => pair.validationMs)));
  const shellMs = round(median(pairs.map((pair) => pair.shellMs)));
  const ratio = round(median(pairs.map((pair) => pair.validationMs / pair.shellMs)), 2);
  printTable(
    ["checkout and checks", "ms", "validation/this"],
    [
      ["validation", validationMs, 1],
      ["shell script", shellMs, ratio],
    ],
  );
  return {
    validationMs,
    shellMs,
    ratio,
    /** What a check costs above the script's, whatever it takes; the checkout's part is in it. */
    addedMsPerCheck: round((validationMs - shellMs) / checks, 1),
    pairs: pairs.map((pair) => ({
      validationMs: round(pair.validationMs),
      shellMs: round(pair.shellMs),
    })),
  };
}

/** Reads its part of the files, then waits as a longer check would. */
const CHECK = `const fs = require("node:fs");
const [n, ms] = process.argv.slice(2).map(Number);
for (const name of fs.readdirSync("src/" + n)) if (fs.readFileSync("src/" + n + "/" + name, "utf8") === "") process.exit(1);
setTimeout(() => console.log("ok " + n), ms);
`;
const commandOf = (n: number, { checkMs }: ValidationSizes) => `node check.js ${n} ${checkMs}`;

async function makeRepository(
  engine: Engine,
  name: string,
  { files, checks }: ValidationSizes,
): Promise<string> {
  const repository = join(engine.folder, "repositories", name);
  await mkdir(repository, { recursive: true });
  await writeFile(join(repository, "check.js"), CHECK);
  for (let n = 0; n < Math.max(files, checks); n++) {
    const folder = join(repository, "src", String(n % checks));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${n}.txt`), `file ${n}\n`.repeat(50));
  }
  const script = [
    `git init -q -b main && git add -A && git ${IDENTITY} commit -q -m First`,
    `git switch -q -c work && echo 1 > work.txt && git add -A && git ${IDENTITY} commit -q -m Work`,
    "git switch -q main",
  ].join("\n");
  await run("sh", ["-ec", script], { cwd: repository, env: engine.variables });
  return repository;
}

/** The same clone and commands, each with its output, exit code and time kept. */
async function timeShell(engine: Engine, repository: string, sizes: ValidationSizes) {
  const clone = `${repository}-clone`;
  const each = Array.from(
    { length: sizes.checks },
    (_, n) =>
      `sh -c '${commandOf(n, sizes)}' > ../${n}.log 2>&1; echo "exit $? $(date +%s)" >> ../${n}.log`,
  );
  const script = [
    `git clone -q -b work ${repository} ${clone}`,
    `cd ${clone}`,
    ...each,
    `cd .. && rm -rf ${clone}`,
  ].join("\n");
  // As the engine's children, it gets none of what this bench was started with.
  const { PATH = "" } = engine.variables;
  const startedMs = performance.now();
  await run("sh", ["-ec", script], { env: { PATH, HOME: engine.folder, CI: "1" } });
  return performance.now() - startedMs;
}

/** A feature whose work is there already; of its milestone only the merge and the validation are real. */
async function timeValidation(
  engine: Engine,
  real: RealActivities,
  repository: string,
  sizes: ValidationSizes,
): Promise<number> {
  const shape: Plan = aPlan(1, 1, () => ({ commands: ["true"], touches: ["work.txt"] }), "git");
  // They hold before the work too: the script has no base to compare with.
  const checks = Array.from({ length: sizes.checks }, (_, n): Check => ({
    id: `check-${n}`,
    sentence: "Its files say something",
    verify: { method: "bash", run: commandOf(n, sizes) },
    alreadyTrue: true,
  }));
  const plan: Plan = {
    ...shape,
    mode: "poc",
    milestones: shape.milestones.map((milestone) => ({ ...milestone, checks })),
  };
  const { stdout } = await run("git", ["rev-parse", "work"], { cwd: repository });
  const activities = {
    ...real.activities,
    ...idleActivities(real.queue),
    commitFeature: () => Promise.resolve({ commit: stdout.trim(), filesChanged: 1, files: [] }),
  };
  const input = await makeBenchMission(engine, plan, { window: 1, repo: repository });
  await withWorkers(engine, { activities, queue: real.queue }, async () => {
    await startMission(engine.client, input);
    await endOf(engine.client, input.missionId);
  });
  for await (const { events } of runsOf(engine.client, milestoneWorkflowId(input.missionId, "1"))) {
    const [ms] = activityTimes(events, "validateMilestone");
    if (ms !== undefined) return ms;
  }
  throw new Error("the milestone was not validated");
}
