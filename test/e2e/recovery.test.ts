/** Features that are stopped for safety, each on its way up the ladder, on two hosts: nothing is given up by a stop. */
import { afterEach, describe, expect, it } from "@jest/globals";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sendCommand } from "../../client/missions.js";
import { findFeature } from "../../workers/demo-model-reply.js";
import { startModelServer } from "../../workers/demo-model-server.js";
import type { CannedReplies, CannedTurn } from "../../workers/demo-replies.js";
import { testAddress } from "../helpers/with-worker.js";
import { openEngine, type Engine } from "./engine.js";
import { completedFeatures, filesOf, untilEnded, untilSeen } from "./outcome.js";
import { startFromPlan } from "./start.js";

const toUndo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const undo of toUndo.splice(0).reverse()) await undo();
}, 180_000);
const undoing = <T>(thing: T, undo: () => Promise<unknown>): T => {
  toUndo.push(undo);
  return thing;
};

/** Processes that a sandbox may have, here and on the other host. */
const LIMIT = { home: 60, other: 200, mended: 700 };
/** That many processes at once, also where a busy machine takes its time to begin them. */
const crowd = (processes: number) =>
  `i=0; while [ $i -lt ${processes} ]; do sleep 5 & i=$((i+1)); done; wait`;
const run = (command: string): CannedTurn => ({
  say: "A step.",
  calls: [{ tool: "run", input: { command } }],
});
const write = (...paths: string[]): CannedTurn => ({
  say: "The files.",
  calls: paths.map((path) => ({ tool: "write", input: { path, content: `${path}\n` } })),
});
const done: CannedTurn = { say: "Done." };
const times = (count: number, turn: CannedTurn) => Array.from({ length: count }, () => turn);

const REPLIES: CannedReplies = {
  "1.2": [...times(3, run(crowd(300))), write("1.2.txt"), done],
  "1.5": times(6, run("exit 3")),
  "1.5-a": [write("a.txt", "b.txt"), done],
  // One of two checks holds, then none: what it does after the first round makes it worse.
  "1.5-b": [write("c.txt"), done, run("rm c.txt"), ...times(6, done)],
  "1.5-b back": [done, done, write("d.txt"), done],
};

const file = (name: string) => ({
  sentence: `${name} is there`,
  verify: { method: "bash", run: `test -e ${name}` },
});
const planIn = (flags: string) => {
  const script = (id: string, dependsOn: string[], command: string) => ({
    id,
    title: `Script ${id}`,
    agent: "script",
    dependsOn,
    touches: [`${id}.txt`],
    commands: [command, `echo ${id} > ${id}.txt`],
    checks: [file(`${id}.txt`)],
  });
  const until = (flag: string) => `until test -e ${flags}/${flag}; do sleep 0.1; done`;
  const builtin = (id: string, dependsOn: string[], names: string[]) => ({
    id,
    title: `Agent ${id}`,
    brief: "Write the files.",
    dependsOn,
    touches: names,
    estimate: { usd: 1, hours: 0.1, tokens: 100_000 },
    checks: names.map(file),
  });
  return {
    title: "Up the ladder",
    goal: "Be stopped, and go on.",
    budget: { money_usd: 50, time_hours: 1, token_limit: 10_000_000 },
    model_routing: { workers: "compatible/canned", validation: "compatible/canned" },
    milestones: [
      {
        title: "One",
        features: [
          script("1.1", [], `${until("two-hosts")}; ${crowd(100)}`),
          builtin("1.2", ["1.1"], ["1.2.txt"]),
          script("1.3", ["1.2"], `test -e ${flags}/alone || { ${crowd(300)}; }`),
          script("1.4", ["1.2"], until("alone")),
          builtin("1.5", ["1.3", "1.4"], ["a.txt", "b.txt", "c.txt", "d.txt"]),
          script("1.6", ["1.5"], crowd(300)),
        ],
      },
    ],
  };
};

const settingsFor = (processes: number, flags: string) => `models:
  compatible/canned:
    input_usd_per_million: 3
    output_usd_per_million: 15
sandbox:
  processes: ${processes}
  readable: [${JSON.stringify(flags)}]
`;

async function setLimit({ paths }: Engine, processes: number, flags: string): Promise<void> {
  await mkdir(dirname(paths.settings), { recursive: true });
  await writeFile(paths.settings, settingsFor(processes, flags));
}

/** The bullets of one section, without their times and markers. */
function bulletsUnder(text: string, heading: string): string[] {
  const section = text.split(/\n(?=## )/).find((part) => part.startsWith(`## ${heading}`)) ?? "";
  return section
    .split("\n")
    .filter((line) => line.startsWith("- "))
    .map((line) => line.replace(/^- \S+ \S+ UTC: /, "").replace(/ <!--.*$/, ""));
}

const STEP = /^Feature (\S+) was stopped \(([a-z-]+)\): .* Not again: .* Next \((\w+)\): .*\.$/;

describe("features that are stopped for safety", () => {
  it("take each rung of the recovery ladder, and the mission ends with all of them done", async () => {
    const flags = await mkdtemp(join(tmpdir(), "missions-flags-"));
    const store = await mkdtemp(join(tmpdir(), "missions-store-"));
    for (const folder of [flags, store])
      undoing(folder, () => rm(folder, { recursive: true, force: true }));
    const model = await startModelServer({
      replies: REPLIES,
      keyOf: (request) => {
        const id = findFeature(request);
        const isBack = JSON.stringify(request.messages).includes("is again as it was when");
        return id === "1.5-b" && isBack ? "1.5-b back" : id;
      },
    });
    undoing(model, () => model.stop());
    const variables = { MISSIONS_STORE: store, MISSIONS_COMPATIBLE_BASE_URL: model.baseUrl };
    const home = await openEngine(testAddress(), variables);
    undoing(home, () => home.close());
    const other = await openEngine(testAddress(), variables, { namespace: home.namespace });
    undoing(other, () => other.close());
    await setLimit(home, LIMIT.home, flags);
    await setLimit(other, LIMIT.other, flags);
    await home.startWorker();

    const { missionId, record } = await startFromPlan(home, planIn(flags), {
      timings: { heartbeatMs: 20_000, recoverLaterMs: 500 },
    });
    const seen = (what: string, holds: Parameters<typeof untilSeen>[2]) =>
      untilSeen(home, missionId, holds, what);
    await seen("1.1 at work", ({ features }) =>
      features.some(({ id, status }) => id === "1.1" && status === "running"),
    );
    await other.startWorker();
    await writeFile(join(flags, "two-hosts"), "");
    await seen("1.3 to be run alone", ({ story }) =>
      story.some(({ text }) => text.includes("1.3") && text.includes("Next (serialise)")),
    );
    await writeFile(join(flags, "alone"), "");

    const { gates } = await seen("the question about 1.6", ({ gates: open }) =>
      open.some(({ featureId }) => featureId === "1.6"),
    );
    expect(gates[0]?.question).toMatch(
      new RegExp(
        `It goes on when it needs less, or its sandbox may have more .*: then npx missions retry ${missionId} 1.6$`,
      ),
    );
    await Promise.all([home, other].map((each) => setLimit(each, LIMIT.mended, flags)));
    const { by } = home.context;
    await sendCommand(home.client, missionId, "retryFeature", { feature: "1.6" }, { by });

    expect(await untilEnded(home, missionId)).toBe("completed");
    expect(await completedFeatures(record)).toEqual(
      ["1.1", "1.2", "1.3", "1.4", "1.5-a", "1.5-b", "1.6"].sort(),
    );
    const files = Object.keys(await filesOf(record));
    expect(files).toEqual(expect.arrayContaining(["a.txt", "b.txt", "c.txt", "d.txt"]));

    const text = await readFile(join(record.folder, "mission.md"), "utf8");
    const log = bulletsUnder(text, "Recovery");
    expect(log.map((line) => STEP.exec(line)?.slice(1).join(" ") ?? line)).toEqual([
      "1.1 resources move",
      "1.2 resources narrow",
      "1.3 resources serialise",
      "1.5 no-progress narrow",
      "1.5 no-progress split",
      "1.5-b checks narrow",
      "1.5-b checks reuse",
      "1.6 resources move",
      "1.6 resources later",
      "1.6 resources blocked",
    ]);
    expect(log[0]).toContain(
      "The sandbox ended it: more than 60 processes and threads. Command 1 of 2 ended with",
    );
    expect(log[0]).toContain("Next (move): it goes on at another host.");
    expect(log[6]).toContain(
      "Next (reuse): it goes on from the state in which 1 of its checks passed; what came after is dropped.",
    );
    expect(bulletsUnder(text, "Decisions").join("\n")).toContain(
      "Feature 1.5 becomes 1.5-a and 1.5-b",
    );
  }, 400_000);
});
