/** Two missions on one repository at once, and one mission started twice. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { down } from "../../client/commands/down.js";
import { packageRoot } from "../../config/package-root.js";
import { missionWorkflowId } from "../../domain/ids.js";
import { testAddress } from "../helpers/with-worker.js";
import { openEngine, type Engine } from "./engine.js";
import { completedFeatures, filesOf, git, recordOf, untilEnded } from "./outcome.js";
import { newMissionId, startFromPlan } from "./start.js";

let engine: Engine;
beforeEach(async () => {
  engine = await openEngine(testAddress());
});
afterEach(async () => {
  await engine.close();
});

const planOf = (name: string, more: Record<string, unknown> = {}) => ({
  title: `Mission ${name}`,
  goal: `Write files of ${name}.`,
  budget: { money_usd: 1, time_hours: 1, token_limit: 1000 },
  milestones: [
    {
      title: "One",
      features: ["1", "2", "3"].map((n) => ({
        title: `Write ${name}-${n}`,
        touches: [`${name}-${n}.txt`],
        commands: [`echo ${name} ${n} > ${name}-${n}.txt`, "echo changed by both >> shared.txt"],
        ...more,
      })),
    },
  ],
});

describe("two missions on one repository at once", () => {
  it("each fill a branch of their own, and the user's checkout stays as it is", async () => {
    const repo = join(engine.root, "shared");
    await mkdir(repo);
    await git(repo, "init", "-q", "-b", "main");
    await writeFile(join(repo, "shared.txt"), "of the user\n");
    await git(repo, "add", "-A");
    const who = ["-c", "user.name=U", "-c", "user.email=u@example.com"];
    await git(repo, ...who, "commit", "-q", "-m", "First");
    const before = await git(repo, "rev-parse", "main");
    await engine.startWorker();
    const dependsOn = (n: number) => (n === 0 ? [] : [`1.${n}`]);
    const missions = await Promise.all(
      ["one", "two"].map((name) => {
        const plan = planOf(name);
        plan.milestones[0]?.features.forEach((feature, n) => {
          Object.assign(feature, { dependsOn: dependsOn(n) });
        });
        return startFromPlan(engine, plan, { repo });
      }),
    );
    for (const [index, { missionId }] of missions.entries()) {
      expect(await untilEnded(engine, missionId)).toBe("completed");
      const record = await recordOf(engine, missionId);
      expect(await completedFeatures(record)).toEqual(["1.1", "1.2", "1.3"]);
      const files = await filesOf(record);
      const name = index === 0 ? "one" : "two";
      const other = index === 0 ? "two" : "one";
      expect(files[`${name}-3.txt`]).toBe(`${name} 3`);
      expect(Object.keys(files).filter((path) => path.startsWith(other))).toEqual([]);
      expect(files["shared.txt"]?.split("\n")).toHaveLength(4);
    }
    expect(await git(repo, "rev-parse", "main")).toBe(before);
    expect(await git(repo, "symbolic-ref", "--short", "HEAD")).toBe("main");
    expect(await git(repo, "status", "--porcelain", "-uno")).toBe("");
  });
});

describe("the same start typed twice at once", () => {
  it("starts one mission", async () => {
    const file = join(engine.root, "plan.yaml");
    await writeFile(file, JSON.stringify(planOf("twice")));
    const missionId = newMissionId();
    const cli = join(packageRoot(), "dist", "client", "cli.js");
    const args = [cli, "start", "--plan", file, "--yes", "--homeless", "--id", missionId];
    const start = () =>
      promisify(execFile)(process.execPath, [...args, "--detach", "--json"], {
        cwd: engine.root,
        env: engine.variables,
      });
    try {
      await Promise.all([start(), start()]);
      await start();
      expect(await untilEnded(engine, missionId)).toBe("completed");
      const again = await start();
      expect(JSON.parse(again.stdout)).toMatchObject({ missionId });
      const record = await recordOf(engine, missionId);
      expect(await completedFeatures(record)).toEqual(["1.1", "1.2", "1.3"]);
      const runs: string[] = [];
      const query = `WorkflowId = "${missionWorkflowId(missionId)}"`;
      for await (const { runId } of engine.client.workflow.list({ query })) runs.push(runId);
      expect(runs).toHaveLength(1);
    } finally {
      await down({ environment: engine.context.environment }, () => undefined);
    }
  });
});
