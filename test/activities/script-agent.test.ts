/** Which commands of a script count as done when its work goes on, after a retry and after a change of the plan. */
import { afterEach, describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { engineRepositoryPath } from "../../activities/adapters/engine-repository.js";
import { checkpointPath, readCheckpoint } from "../../activities/checkpoint.js";
import type { Plan } from "../../domain/plan.js";
import type { AttemptInput } from "../../domain/work.js";
import { makeAttempts } from "./attempt-fixture.js";
import type { AttemptFixture } from "./attempt-fixture.js";

const open: AttemptFixture[] = [];
afterEach(async () => {
  for (const made of open.splice(0)) await made.end();
});

async function make(commands: string[], git = false) {
  const made = await makeAttempts({ feature: { agent: "script", commands }, git });
  open.push(made);
  const first = made.input();
  const { missionId, planHash } = first.feature;
  const again = (more: Partial<AttemptInput> = {}) =>
    made.run(made.input({ sliceOpened: true, ...more }));
  return {
    ...made,
    again,
    first: (more: Partial<AttemptInput> = {}) => made.run(made.input(more)),
    /** The next attempt, with other commands in the plan. */
    edited: async (next: string[], more: Partial<AttemptInput> = {}) => {
      const plan = JSON.parse((await made.blobs.get(planHash)).toString()) as Plan;
      for (const { features } of plan.milestones)
        for (const feature of features) feature.commands = next;
      const { sha256 } = await made.blobs.put(JSON.stringify(plan), "plan.json");
      return again({ feature: { ...first.feature, planHash: sha256 }, ...more });
    },
    /** A commit without files, to start from. */
    emptyBase: (): Partial<AttemptInput> => {
      const inRepository = (...args: string[]) =>
        execFileSync("git", args, {
          cwd: engineRepositoryPath(made.paths, missionId),
          encoding: "utf8",
          stdio: ["ignore", "pipe", "pipe"],
        }).trim();
      const tree = inRepository("hash-object", "-t", "tree", "-w", "/dev/null");
      const who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
      const baseCommit = inRepository(...who, "commit-tree", tree, "-m", "Base");
      return { workspace: { ...first.workspace, baseCommit } };
    },
    log: () => readFileSync(join(made.place.tree, "log"), "utf8"),
    names: () => readdirSync(made.place.tree).sort(),
  };
}

describe("the commands of a script that are done", () => {
  it("are not run again by a retry, and its account says so", async () => {
    const made = await make(["echo a >> log", "echo b >> log"]);
    await made.first();
    expect(await made.again()).toMatchObject({
      kind: "done",
      summary: "0 of 2 commands; the others were done before",
    });
    expect(made.log()).toBe("a\nb\n");
  });

  it("are those before the first that the plan changed; from that one on all are run", async () => {
    const made = await make(["echo a >> log", "echo b >> log", "echo c >> log"]);
    await made.first();
    expect(await made.edited(["echo a >> log", "echo B >> log", "echo c >> log"])).toMatchObject({
      kind: "done",
      summary: "2 of 3 commands; the others were done before",
    });
    expect(made.log()).toBe("a\nb\nc\nB\nc\n");
  });

  it("are none when the only one is corrected, and what the wrong one left is gone", async () => {
    const made = await make(["touch worng"], true);
    const base = made.emptyBase();
    await made.first(base);
    expect(await made.edited(["touch right"], base)).toMatchObject({ summary: "1 commands" });
    expect(made.names()).toEqual(["right"]);
  });

  it("leave their files, while those of a changed one and of all after it are made anew", async () => {
    const made = await make(["echo a >> log", "touch worng", "echo c >> log"], true);
    await made.first();
    await made.edited(["echo a >> log", "touch right", "echo c >> log"]);
    expect(made.names()).toEqual(["log", "right"]);
    expect(made.log()).toBe("a\nc\n");
  });

  it("lose the files of one that the plan took out after them", async () => {
    const made = await make(["echo a >> log", "touch worng"], true);
    await made.first();
    await made.edited(["echo a >> log"]);
    expect(made.names()).toEqual(["log"]);
  });

  it("are run again on the base where the files that they left cannot be had", async () => {
    const made = await make(["echo a >> log", "touch worng"], true);
    const base = made.emptyBase();
    await made.first(base);
    const kept = await readCheckpoint(made.place.attempt);
    const { done } = kept?.state as { done: { command: string; tree?: string }[] };
    const lost = { done: done.map((each) => ({ ...each, tree: "0".repeat(39) + "1" })) };
    writeFileSync(checkpointPath(made.place.attempt), JSON.stringify({ ...kept, state: lost }));
    await made.edited(["echo a >> log", "touch right"], base);
    expect(made.names()).toEqual(["log", "right"]);
    expect(made.log()).toBe("a\n");
  });

  it("hold a changed one as soon as it has ended", async () => {
    const made = await make(["echo a >> log"]);
    await made.first();
    const next = ["echo A >> log", "test -f ready"];
    expect((await made.edited(next)).kind).toBe("failed");
    writeFileSync(join(made.place.tree, "ready"), "");
    expect((await made.edited(next)).kind).toBe("done");
    expect(made.log()).toBe("a\nA\n");
  });

  it("are counted where an earlier version kept no more than their number", async () => {
    const made = await make(["echo a >> log", "echo b >> log"]);
    await made.first();
    const kept = await readCheckpoint(made.place.attempt);
    const older = { ...kept, state: { completed: 1 } };
    writeFileSync(checkpointPath(made.place.attempt), JSON.stringify(older));
    rmSync(join(made.place.tree, "log"));
    await made.again();
    expect(made.log()).toBe("b\n");
  });
});
