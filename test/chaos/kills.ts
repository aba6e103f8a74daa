/** Kills the worker at random moments of random missions until enough kills were made, and says what each mission came to. */
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe as describeMission } from "../../client/missions.js";
import { startModelServer, type DemoCall } from "../../workers/demo-model-server.js";
import { accountOf, type Account } from "../e2e/account.js";
import { announceModel, openEngine, type Engine } from "../e2e/engine.js";
import {
  completedFeatures,
  filesOf,
  openWorkflows,
  recordOf,
  statusInFile,
  untilEnded,
  workspacesOf,
} from "../e2e/outcome.js";
import { startFromPlan } from "../e2e/start.js";
import type { RandomMission } from "./random-mission.js";
import { createRandom, type Random } from "./random.js";

const MODEL_LATENCY_MS = 100;

export interface ChaosMission {
  missionId: string;
  mission: RandomMission;
  kills: number;
  /** Of the workflow. */
  state: string;
  recordStatus: string;
  fileStatus: string | undefined;
  completed: string[];
  files: Record<string, string>;
  account: Account;
  missionFile: string;
  /** All three are empty after a clean ending; what is left running is said by its command lines. */
  workspaces: string[];
  openWorkflows: string[];
  leftRunning: string[];
}

export interface ChaosOptions {
  address: string;
  seed: number;
  kills: number;
  killsEach?: number;
  mission: (random: Random) => RandomMission;
  /** Longest time that a worker lives once it polls; default 5 s. */
  longestLifeMs?: number;
  report: (line: string) => void;
}

/** Missions one after the other, each killed at most `killsEach` times, until there were `kills`. */
export async function runChaos(options: ChaosOptions): Promise<ChaosMission[]> {
  const { kills, killsEach = kills, report } = options;
  const random = createRandom(options.seed);
  report(`seed ${options.seed}, ${kills} kills`);
  const engine = await openEngine(options.address);
  const ended: ChaosMission[] = [];
  let done = 0;
  try {
    while (done < kills) {
      const one = await killOneMission(engine, random, Math.min(killsEach, kills - done), options);
      done += one.kills;
      ended.push(one);
      report(
        `${one.missionId}: ${one.state} after ${one.kills} kills, ${one.account.calls.length} calls, ${one.account.unclosed} cut`,
      );
    }
    return ended;
  } finally {
    await engine.close();
  }
}

async function killOneMission(
  engine: Engine,
  random: Random,
  kills: number,
  { mission: makeMission, longestLifeMs = 5_000 }: ChaosOptions,
): Promise<ChaosMission> {
  const mission = makeMission(random);
  const model = await startModelServer({ replies: mission.replies, latencyMs: MODEL_LATENCY_MS });
  await announceModel(engine.paths, model.port);
  let worker = await engine.startWorker();
  try {
    const atOnce = { code: mission.atOnce, other: mission.atOnce };
    const { missionId } = await startFromPlan(engine, mission.plan, { atOnce });
    const isOpen = async () => (await describeMission(engine.client, missionId)).open;
    let made = 0;
    while (made < kills) {
      // A random moment of the mission, not a wait for something.
      await delay(random.between(50, longestLifeMs));
      if (!(await isOpen())) break;
      if (random.chance(0.5)) worker.killGroup();
      else worker.kill("SIGKILL");
      await worker.exited;
      made += 1;
      worker = await engine.startWorker();
    }
    await untilEnded(engine, missionId);
    return await endingOf(engine, missionId, { mission, kills: made, calls: model.calls });
  } finally {
    worker.kill("SIGKILL");
    await worker.exited;
    await model.stop();
  }
}

/** All that an ended mission left, to be judged by `faultsOf`; a worker must run. */
export async function endingOf(
  engine: Engine,
  missionId: string,
  given: { mission: RandomMission; kills: number; calls: readonly DemoCall[] },
): Promise<ChaosMission> {
  const { mission, kills, calls } = given;
  const { state } = await describeMission(engine.client, missionId);
  const record = await recordOf(engine, missionId);
  return {
    missionId,
    mission,
    kills,
    state,
    recordStatus: record.status,
    fileStatus: await statusInFile(record),
    missionFile: await readFile(join(record.folder, "mission.md"), "utf8"),
    completed: await completedFeatures(record),
    files: await filesOf(record),
    account: await accountOf(engine, missionId, calls),
    workspaces: await workspacesOf(engine, missionId),
    openWorkflows: await openWorkflows(engine, missionId),
    leftRunning: await untilQuiet(engine.root),
  };
}

/** What has the engine's folder in its environment and is no worker, once that has had the time to end. */
async function untilQuiet(root: string): Promise<string[]> {
  const left = () =>
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => {
        try {
          const isOurs = readFileSync(`/proc/${pid}/environ`, "utf8").includes(root);
          return isOurs ? readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ") : "";
        } catch {
          return ""; // it has ended
        }
      })
      .filter((command) => command !== "" && !command.includes("workers/main.js"));
  for (let looks = 0; looks < 50 && left().length > 0; looks += 1) await delay(100);
  return left();
}
