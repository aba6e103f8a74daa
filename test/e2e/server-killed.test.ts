/** The server dies and comes back on its file; the terminal is closed: the mission does not notice. */
import { afterEach, describe, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../config/package-root.js";
import { readWorkerRecord } from "../../config/worker-process.js";
import { down } from "../../client/commands/down.js";
import { startModelServer } from "../../workers/demo-model-server.js";
import { faultsOf } from "../chaos/faults.js";
import { endingOf } from "../chaos/kills.js";
import { randomMission } from "../chaos/random-mission.js";
import { createRandom } from "../chaos/random.js";
import { startTestServer } from "../helpers/temporal-server.js";
import { testAddress } from "../helpers/with-worker.js";
import { announceModel, openEngine, shownFolder, until, type Engine } from "./engine.js";
import { completedFeatures, recordOf, untilEnded, untilSeen } from "./outcome.js";
import { newMissionId, startFromPlan } from "./start.js";

let engine: Engine | undefined;
afterEach(async () => {
  await engine?.close();
  engine = undefined;
});

describe("a mission whose server is killed and restarted on its file", () => {
  it("goes on where it was and ends the same", async () => {
    const server = await startTestServer();
    const mission = randomMission(createRandom(11));
    const model = await startModelServer({ replies: mission.replies, latencyMs: 200 });
    try {
      engine = await openEngine(server.address);
      await announceModel(engine.paths, model.port);
      await engine.startWorker();
      const atOnce = { code: mission.atOnce, other: mission.atOnce };
      const { missionId } = await startFromPlan(engine, mission.plan, { atOnce });
      let kills = 0;
      for (const calls of [2, 6]) {
        // In the middle of a feature, with a call made or about to be made.
        await until(
          async () => model.calls.length,
          (made) => made >= calls,
          `${calls} calls`,
        );
        await server.kill();
        kills += 1;
        await server.restart();
      }
      await untilEnded(engine, missionId);
      const ended = await endingOf(engine, missionId, { mission, kills, calls: model.calls });
      expect(faultsOf(ended)).toEqual([]);
    } finally {
      await engine?.close();
      engine = undefined;
      await model.stop();
      await server.stop();
    }
  });
});

describe("a terminal that is closed while it shows a mission", () => {
  it("takes the live view with it, and neither worker nor mission", async () => {
    const open = (engine = await openEngine(testAddress()));
    const file = join(open.root, "plan.yaml");
    const flag = join(await shownFolder(open), "go-on");
    const features = ["1.1", "1.2"].map((id) => ({
      title: `Write ${id}`,
      touches: [id],
      commands: [`until test -e ${flag}; do sleep 0.1; done`, `echo ${id} > ${id}`],
    }));
    const plan = {
      title: "Closed",
      goal: "Write two files.",
      budget: { money_usd: 1, time_hours: 1, token_limit: 1000 },
      milestones: [{ title: "One", features }],
    };
    await writeFile(file, JSON.stringify(plan));
    const missionId = newMissionId();
    const cli = join(packageRoot(), "dist", "client", "cli.js");
    const args = ["start", "--plan", file, "--yes", "--homeless", "--id", missionId];
    // A session of its own, as a terminal gives it: SIGHUP goes to its whole group.
    const shown = spawn(process.execPath, [cli, ...args], {
      cwd: open.root,
      env: open.variables,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const closed = new Promise((resolve) => shown.once("exit", resolve));
    const isAtWork = ({ features: seen }: { features: { status: string }[] }) =>
      seen.some(({ status }) => status === "running");
    await untilSeen(open, missionId, isAtWork, "a feature at work");
    process.kill(-(shown.pid ?? 0), "SIGHUP");
    await closed;
    expect(readWorkerRecord(open.paths)?.wasReady).toBe(true);
    await writeFile(flag, "");
    expect(await untilEnded(open, missionId)).toBe("completed");
    expect(await completedFeatures(await recordOf(open, missionId))).toEqual(["1.1", "1.2"]);
    await down({ environment: open.context.environment }, () => undefined);
  });
});
