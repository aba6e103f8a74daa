import { afterEach, describe, expect, it } from "@jest/globals";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { activityInfo } from "@temporalio/activity";
import { ActivityCancellationDetails } from "@temporalio/common";
import type { Fence } from "../../activities/fence.js";
import { createJournal } from "../../store/journal.js";
import { readFeatureEvents } from "../../store/feature-record.js";
import { makeAttempts } from "./attempt-fixture.js";
import type { AttemptFixture, Wishes } from "./attempt-fixture.js";

const open: AttemptFixture[] = [];
async function make(wishes: Wishes = {}) {
  const made = await makeAttempts(wishes);
  open.push(made);
  return made;
}
afterEach(async () => {
  for (const made of open.splice(0)) await made.end();
});
const script = (commands: string[]): Wishes => ({ feature: { agent: "script", commands } });
const nothing = { microUsd: 0, tokens: 0 };

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_000 && !holds(); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(holds()).toBe(true);
}

describe("an attempt of the script agent", () => {
  it("runs its commands in order, costs nothing and has a journal", async () => {
    const { run, input, place, journal, paths } = await make(
      script(["echo one > a", "cat a a > b"]),
    );
    const outcome = await run(input());
    expect(outcome).toEqual({
      kind: "done",
      summary: "2 commands",
      spent: nothing,
      calls: 0,
      sleeps: [],
    });
    expect(readFileSync(join(place.tree, "b"), "utf8")).toBe("one\none\n");
    expect(await journal()).toMatchObject([{ state: "slice", key: "1/1/1.1/1" }]);
    expect(await readFeatureEvents(paths.features, input().feature.missionId, "1.1")).toMatchObject(
      [{ kind: "attempt", agent: "script", outcome: "done", calls: 0 }],
    );
  });

  it("fails with the output of the command that failed, and goes on from there the next time", async () => {
    const made = await make(
      script(["echo x >> log", "test -f ready || { echo not ready; exit 3; }", "echo y >> log"]),
    );
    const failed = await made.run(made.input());
    expect(failed).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("Command 2 of 3 ended with 3"),
    });
    const evidence = failed.kind === "failed" ? (failed.evidence?.sha256 ?? "") : "";
    expect(Buffer.from(await made.blobs.get(evidence)).toString()).toContain("not ready");
    writeFileSync(join(made.place.tree, "ready"), "");
    const again = await made.run(made.input({ sliceOpened: true }));
    expect(again.kind).toBe("done");
    expect(readFileSync(join(made.place.tree, "log"), "utf8")).toBe("x\ny\n");
  });

  it("ends the command that runs when it is cancelled, and returns normally", async () => {
    const made = await make(script(["touch started; sleep 1000", "touch never"]));
    const environment = made.environment();
    const running = made.runIn(environment, made.input());
    await until(() => existsSync(join(made.place.tree, "started")));
    environment.cancel();
    expect(await running).toMatchObject({ kind: "stopped", spent: nothing });
    expect(existsSync(join(made.place.tree, "never"))).toBe(false);
  });

  it("is run again by Temporal when its worker ends", async () => {
    const made = await make(script(["touch started; sleep 1000"]));
    const environment = made.environment();
    const running = made.runIn(environment, made.input());
    await until(() => existsSync(join(made.place.tree, "started")));
    environment.cancel(
      "WORKER_SHUTDOWN",
      new ActivityCancellationDetails({ workerShutdown: true }),
    );
    await expect(running).rejects.toMatchObject({ type: "WorkerStopped", nonRetryable: false });
  });

  it("leaves everything alone once another attempt took over", async () => {
    let standing: Fence = "go";
    const made = await make({
      ...script(["touch started; until [ -f go ]; do sleep 0.02; done", "touch never"]),
      fence: () => Promise.resolve(standing),
    });
    const running = made.run(made.input());
    await until(() => existsSync(join(made.place.tree, "started")));
    standing = "superseded";
    writeFileSync(join(made.place.attempt, "owner"), "another");
    writeFileSync(join(made.place.tree, "go"), "");
    await expect(running).rejects.toMatchObject({ type: "Superseded", nonRetryable: true });
    expect(existsSync(join(made.place.tree, "never"))).toBe(false);
    expect(existsSync(join(made.place.attempt, "checkpoint.json"))).toBe(false);
  });

  it("is tried again where one that should not run any more was in the workspace", async () => {
    const made = await make(script(["until [ -f go ]; do sleep 0.02; done", "touch made"]));
    const running = made.run(made.input());
    await until(() => existsSync(join(made.place.attempt, "group.json")));
    writeFileSync(join(made.place.attempt, "owner"), "another");
    writeFileSync(join(made.place.tree, "go"), "");
    await expect(running).rejects.toMatchObject({ type: "Unexpected", nonRetryable: false });
    expect(await made.run(made.input(), { attempt: 2 })).toMatchObject({ kind: "done" });
  });

  it("ends what an earlier attempt left running before it touches the workspace", async () => {
    let hasSuccessor = false;
    const made = await make({
      ...script(["touch started; sleep 1000"]),
      fence: () =>
        Promise.resolve(hasSuccessor && activityInfo().attempt === 1 ? "superseded" : "go"),
    });
    const first = made.run(made.input());
    await until(() => existsSync(join(made.place.attempt, "group.json")));
    await until(() => existsSync(join(made.place.tree, "started")));
    hasSuccessor = true;
    rmSync(join(made.place.tree, "started"));
    const environment = made.environment({ attempt: 2 });
    const second = made.runIn(environment, made.input());
    await expect(first).rejects.toMatchObject({ type: "Superseded" });
    await until(() => existsSync(join(made.place.tree, "started")));
    environment.cancel();
    expect(await second).toMatchObject({ kind: "stopped" });
  });
});

describe("the slice of an attempt", () => {
  it("is lost when its journal was there and is gone: nothing is run", async () => {
    const made = await make(script(["touch made"]));
    const input = made.input();
    const said: unknown[] = [];
    const first = made.environment();
    first.on("heartbeat", (details: unknown) => said.push(details));
    await made.runIn(first, input);
    rmSync(made.journalFile());
    rmSync(join(made.place.tree, "made"));
    const heartbeatDetails = String(said.at(-1));
    expect(await made.run(input, { attempt: 2, heartbeatDetails })).toMatchObject({
      kind: "slice-lost",
      spent: input.slice.amount,
    });
    expect(await made.run(made.input({ sliceOpened: true }))).toMatchObject({ kind: "slice-lost" });
    expect(existsSync(join(made.place.tree, "made"))).toBe(false);
  });

  it("is whole for a later attempt when the one before died without opening its journal", async () => {
    const made = await make(script(["touch made"]));
    expect(await made.run(made.input(), { attempt: 2 })).toMatchObject({
      kind: "done",
      spent: nothing,
    });
  });

  it("is not touched by an attempt that was given to another while its worker stood still", async () => {
    const fence = () => Promise.resolve("superseded" as const);
    const made = await make({ ...script(["touch made"]), fence });
    await expect(made.run(made.input())).rejects.toMatchObject({ type: "Superseded" });
    expect(await made.journal()).toEqual([]);
    expect(existsSync(made.place.tree)).toBe(false);
  });

  it("is lost when the journal has no head that names it", async () => {
    const made = await make(script(["touch made"]));
    await createJournal(made.journalFile(), {
      state: "slice",
      key: "1/1/other/1",
      amount: nothing,
      at: "",
      featureId: "",
      milestoneId: "",
    });
    expect(await made.run(made.input(), { attempt: 2 })).toMatchObject({ kind: "slice-lost" });
  });

  it("is settled by its journal, open calls at their worst case", async () => {
    const made = await make();
    const input = made.input();
    const { key, amount } = input.slice;
    const at = "2026-03-04T05:06:07.890Z";
    await createJournal(made.journalFile(), {
      state: "slice",
      key,
      amount,
      at,
      featureId: "1.1",
      milestoneId: "1",
    });
    const worst = { microUsd: 700, tokens: 70 };
    const line = {
      state: "open",
      call: "c",
      at,
      attempt: 1,
      role: "worker",
      model: "demo/canned",
      worst,
    };
    writeFileSync(made.journalFile(), `${JSON.stringify(line)}\n{"state":"op`, { flag: "a" });
    expect(await made.settle(input)).toEqual({ spent: worst, calls: 1, sleeps: [] });
  });

  it("is settled whole without a journal, unless no attempt had begun", async () => {
    const made = await make();
    const input = made.input();
    expect((await made.settle(input)).spent).toEqual(input.slice.amount);
    expect((await made.settle(input, true)).spent).toEqual(input.slice.amount);
    expect((await made.settle(input, false)).spent).toEqual(nothing);
  });

  it("tells the sleeps since the activity was scheduled", async () => {
    const sleep = { fromMs: 5_000, toMs: 9_000 };
    const made = await make({ ...script([]), sleeps: [sleep] });
    expect(await made.run(made.input())).toMatchObject({ kind: "done", sleeps: [sleep] });
  });
});

describe("the workspace of an attempt", () => {
  it("is as it was at the checkpoint when the work goes on", async () => {
    const commands = [
      "echo one > kept",
      "echo half > kept; touch junk started; until [ -f go ]; do sleep 0.02; done; cat kept > seen",
    ];
    const made = await make({ ...script(commands), git: true });
    const environment = made.environment();
    const running = made.runIn(environment, made.input());
    await until(() => existsSync(join(made.place.tree, "started")));
    environment.cancel();
    const stopped = await running;
    expect(stopped.kind).toBe("stopped");
    const again = made.run(made.input({ sliceOpened: true }));
    await until(() => !existsSync(join(made.place.tree, "junk")));
    await until(() => existsSync(join(made.place.tree, "started")));
    writeFileSync(join(made.place.tree, "go"), "");
    expect((await again).kind).toBe("done");
    expect(readFileSync(join(made.place.tree, "kept"), "utf8")).toBe("half\n");
  });

  it("is as the first command found it when that one was cut off", async () => {
    const made = await make({
      ...script(["echo x >> log; [ -f ~/go ] || sleep 1000"]),
      git: true,
    });
    const environment = made.environment();
    const running = made.runIn(environment, made.input());
    await until(() => existsSync(join(made.place.tree, "log")));
    environment.cancel();
    expect((await running).kind).toBe("stopped");
    writeFileSync(join(made.place.home, "go"), "");
    expect((await made.run(made.input({ sliceOpened: true }))).kind).toBe("done");
    expect(readFileSync(join(made.place.tree, "log"), "utf8")).toBe("x\n");
  });

  it("starts anew where the base has changed, and scripts run again from the first command", async () => {
    const made = await make({ ...script(["echo x >> log", "test -f ready"]), git: true });
    const failed = await made.run(made.input());
    if (failed.kind !== "failed" || failed.checkpoint === undefined)
      throw new Error("no checkpoint");
    writeFileSync(join(made.place.tree, "ready"), "");
    const { workspace } = made.input();
    const again = await made.run(
      made.input({
        sliceOpened: true,
        checkpoint: failed.checkpoint,
        workspace: { ...workspace, baseCommit: "another" },
      }),
    );
    expect(again.kind).toBe("done");
    expect(readFileSync(join(made.place.tree, "log"), "utf8")).toBe("x\nx\n");
  });

  it("goes on from a handed-over checkpoint when its own is gone", async () => {
    const made = await make({ ...script(["echo x >> log", "test -f ready"]), git: true });
    const failed = await made.run(made.input());
    if (failed.kind !== "failed" || failed.checkpoint === undefined)
      throw new Error("no checkpoint");
    rmSync(join(made.place.attempt, "checkpoint.json"));
    rmSync(made.place.tree, { recursive: true });
    const again = await made.run(made.input({ sliceOpened: true, checkpoint: failed.checkpoint }));
    expect(again).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("Command 2 of 2"),
    });
    expect(readFileSync(join(made.place.tree, "log"), "utf8")).toBe("x\n");
  });
});
