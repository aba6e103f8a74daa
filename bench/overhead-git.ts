/** Features with git work against a shell that runs the same git commands, one after the other and in the same window. */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Engine } from "./engine.js";
import { median, round } from "./figures.js";
import { aPlan, makeBenchMission, timeMission } from "./missions.js";
import { printTable, progress } from "./print.js";

const run = promisify(execFile);
const MILESTONES = 2;

interface GitSizes {
  gitFeatures: number;
  gitPairs: number;
  window: number;
}

interface GitPair {
  missionMs: number;
  shellMs: number;
  shellWindowMs: number;
}

export async function measureGit(engine: Engine, sizes: GitSizes) {
  const { gitFeatures, gitPairs, window } = sizes;
  const each = Math.max(1, Math.floor(gitFeatures / MILESTONES));
  const plan = aPlan(
    MILESTONES,
    each,
    (n) => ({ touches: [fileOf(n)], commands: [writeCommand(n)] }),
    "git",
  );
  const pairs: GitPair[] = [];
  for (let n = 0; n < gitPairs; n++) {
    const [ours, alone, together] = await Promise.all(
      ["mission", "shell", "window"].map((name) => makeRepository(engine, `${name}-${n}`)),
    );
    if (ours === undefined || alone === undefined || together === undefined) break;
    const input = await makeBenchMission(engine, plan, { window, repo: ours });
    const pair: GitPair = {
      missionMs: round(await timeMission(engine, input)),
      shellMs: round(await timeShell(engine, alone, MILESTONES, each, 1)),
      shellWindowMs: round(await timeShell(engine, together, MILESTONES, each, window)),
    };
    progress(`git pair ${n + 1} of ${gitPairs}: ${JSON.stringify(pair)}`);
    pairs.push(pair);
  }
  const ratio = (against: "shellMs" | "shellWindowMs") =>
    round(median(pairs.map((pair) => pair.missionMs / pair[against])), 2);
  const middle = (kind: keyof GitPair) => round(median(pairs.map((pair) => pair[kind])));
  const figures = {
    features: MILESTONES * each,
    missionMs: middle("missionMs"),
    shellMs: middle("shellMs"),
    shellWindowMs: middle("shellWindowMs"),
    ratio: ratio("shellMs"),
    ratioWindow: ratio("shellWindowMs"),
  };
  printTable(
    ["git: clone, write, commit, merge", "ms", "mission/this"],
    [
      ["mission", figures.missionMs, 1],
      ["shell script, one after the other", figures.shellMs, figures.ratio],
      [`shell script, window ${window}`, figures.shellWindowMs, figures.ratioWindow],
    ],
  );
  return figures;
}

const fileOf = (n: number) => `work/feature-${n}.txt`;
const writeCommand = (n: number) => `mkdir -p work && echo 'feature ${n}' > ${fileOf(n)}`;
const IDENTITY = "-c user.name=bench -c user.email=bench@localhost";

async function makeRepository(engine: Engine, name: string): Promise<string> {
  const repository = join(engine.folder, "repositories", name);
  await mkdir(repository, { recursive: true });
  await writeFile(join(repository, "README.md"), "# A repository for a bench\n");
  const script = `git init -q -b main && git add -A && git ${IDENTITY} commit -q -m First`;
  await run("sh", ["-ec", script], { cwd: repository, env: engine.variables });
  return repository;
}

/** The same steps as one mission: per feature a shared clone, a file, a commit, and a merge of it, which waits its turn. */
async function timeShell(
  engine: Engine,
  repository: string,
  milestones: number,
  each: number,
  window: number,
): Promise<number> {
  const workspaces = `${repository}-workspaces`;
  await mkdir(workspaces, { recursive: true });
  const shell = (script: string) => run("sh", ["-ec", script], { env: engine.variables });
  const startedMs = performance.now();
  await shell(`git -C '${repository}' switch -q -c mission/bench`);
  let merged = Promise.resolve<unknown>(undefined);
  const feature = async (n: number) => {
    const clone = join(workspaces, String(n));
    await shell(
      `git clone -q --shared '${repository}' '${clone}' && cd '${clone}' && ${writeCommand(n)} && git add -A && git ${IDENTITY} commit -q -m 'feature ${n}'`,
    );
    const merge = `cd '${repository}' && git fetch -q '${clone}' HEAD && git ${IDENTITY} merge -q --no-ff --no-edit FETCH_HEAD`;
    merged = merged.then(() => shell(merge));
    await merged;
  };
  for (let milestone = 0; milestone < milestones; milestone++) {
    const left = Array.from({ length: each }, (_, at) => milestone * each + at);
    const lane = async () => {
      for (let n = left.shift(); n !== undefined; n = left.shift()) await feature(n);
    };
    await Promise.all(Array.from({ length: window }, lane));
  }
  return performance.now() - startedMs;
}
