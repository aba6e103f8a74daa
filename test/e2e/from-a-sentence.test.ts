/** `start "Build a CRM"`: on a terminal that answers as a person would, and as a script types it. Real server, worker and HTTP. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "@jest/globals";
import { runStart } from "../../client/commands/start.js";
import { budget, sendCommand, snapshot } from "../../client/missions.js";
import { packageRoot } from "../../config/package-root.js";
import { guardWorkflowId } from "../../domain/ids.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { writeWhole } from "../../store/files.js";
import { listInterviews } from "../../store/interviews.js";
import { listMissionRecords, readMissionRecord } from "../../store/mission-record.js";
import type { ChatRequest } from "../../workers/demo-model-reply.js";
import { startModelServer, type ModelServer } from "../../workers/demo-model-server.js";
import { DOWN, ENTER, scriptedTerminal, UP } from "../client/interview/scripted-terminal.js";
import { reply } from "../helpers/drafts.js";
import { testAddress } from "../helpers/with-worker.js";
import { billOf } from "./account.js";
import { announceModel, openEngine, until, type Engine } from "./engine.js";
import { untilEnded } from "./outcome.js";

const run = promisify(execFile);
const MODEL = "demo/canned";
const GOAL = "Build a CRM";

let engine: Engine | undefined;
let model: ModelServer | undefined;
afterEach(async () => {
  await engine?.close();
  await model?.stop();
  engine = undefined;
  model = undefined;
});

const keyOf = ({ messages = [] }: ChatRequest) =>
  JSON.stringify(messages).includes("You judge of what sort") ? "sort" : "plan";
/** What must hold by the recommended answers of the interview, or nothing where none was asked. */
const covering = (covers: string[] | null) =>
  reply((draft) => {
    for (const { checks } of draft.milestones) for (const check of checks) check.covers = null;
    const [first] = draft.milestones[0]?.checks ?? [];
    if (first !== undefined) first.covers = covers;
  });

/** @param set whether a model is set up on the host. */
async function open(covers: string[] | null, set = true) {
  const opened = (engine = await openEngine(testAddress(), { MISSIONS_WORKERS: "elsewhere" }));
  const replies = {
    sort: [{ say: '{"type":"greenfield","why":"It is new."}' }],
    plan: [{ say: covering(covers) }],
  };
  const served = (model = await startModelServer({ replies, keyOf }));
  await announceModel(opened.paths, served.port);
  if (set) {
    const routing = `routing: {orchestrator: ${MODEL}, workers: ${MODEL}}\n`;
    await writeWhole(opened.paths.settings, routing);
  }
  await opened.startWorker();
  return { opened, served };
}

function onTerminal(opened: Engine) {
  const terminal = scriptedTerminal();
  const notes: string[] = [];
  const context = {
    ...opened.context,
    streams: terminal.streams,
    output: {
      ...opened.context.output,
      interactive: true,
      columns: () => 100,
      note: (line: string) => void notes.push(line),
    },
  };
  return { terminal, notes, context };
}

/** Every question with its recommended answer. */
const ALL_RECOMMENDED = [
  "How careful shall it be?",
  "Where shall it work?",
  "What may it cost",
  "How many hours",
  "How many tokens",
  "Where shall the result run?",
  "Which services or people outside",
  "Is there a deadline?",
  "It is three months later",
  "What is the first thing",
  "What must work perfectly",
].map((text) => [text, ENTER] as const);
const NO_PREFERENCES = ["Your preferences", DOWN + DOWN + ENTER] as const;
const LEVEL = ["How far shall it go?", ENTER] as const;

describe("a mission from one sentence", () => {
  it("is asked about, planned, agreed on and started, and planning is part of its money", async () => {
    const { opened, served } = await open(["H1", "H2"]);
    const { terminal, notes, context } = onTerminal(opened);
    const code = await terminal.play(runStart(context, [GOAL], { detach: true }), [
      ["Planning may cost up to $2.00", ""],
      ...ALL_RECOMMENDED,
      NO_PREFERENCES,
      ["The budget given buys", ""],
      LEVEL,
      ["What about this plan?", ENTER],
      ["And now?", ENTER],
    ]);
    expect(code).toBe(EXIT.ok);
    // The guard's account is what was billed for an opinion and a draft.
    expect(served.calls.length).toBe(2);
    expect(notes.join("\n")).toMatch(/Planned in one reply for \$0\.\d+/);
    const [missionId = ""] = await listMissionRecords(opened.paths.state);
    const record = await readMissionRecord(opened.paths.state, missionId);
    expect(record).toMatchObject({ mode: "full", dedicated: true, title: "A CRM" });
    expect(record?.approvals).toMatchObject([{ gate: "plan", choice: "approve" }]);
    const bill = billOf(served.calls.slice(0, 2));
    const account = await until(
      () => budget(opened.client, missionId),
      ({ spent }) => spent.microUsd >= bill.microUsd,
      "what planning cost in the mission's account",
    );
    expect(account.caps.microUsd).toBe(100_000_000);
    expect(await listInterviews(opened.paths.interviews)).toEqual([]);
    await sendCommand(opened.client, missionId, "cancel", {}, { by: context.by });
    await untilEnded(opened, missionId);
  });

  it("that is dropped at the gate says what planning cost, closes its account and leaves nothing", async () => {
    const { opened, served } = await open(["H1", "H2"]);
    const { terminal, context } = onTerminal(opened);
    const dropped: unknown = await terminal
      .play(runStart(context, [GOAL], {}), [
        ...ALL_RECOMMENDED,
        NO_PREFERENCES,
        LEVEL,
        ["What about this plan?", UP + ENTER],
      ])
      .catch((error: unknown) => error);
    const cost = (billOf(served.calls).microUsd / 1e6).toFixed(2);
    expect(dropped).toBeInstanceOf(Problem);
    expect(dropped).toMatchObject({
      exitCode: EXIT.interrupted,
      message: `The plan is dropped; planning it cost $${cost}.`,
    });
    expect(await listMissionRecords(opened.paths.state)).toEqual([]);
    expect(await listInterviews(opened.paths.interviews)).toEqual([]);
  });

  it("is planned by a blueprint where no model is set up, and a person is asked to do its features", async () => {
    const { opened, served } = await open(null, false);
    const { terminal, context } = onTerminal(opened);
    await terminal.play(runStart(context, [GOAL], { detach: true }), [
      ["No model is set up here", DOWN + DOWN + ENTER],
      ["planning costs nothing", ""],
      ...ALL_RECOMMENDED,
      NO_PREFERENCES,
      LEVEL,
      ["What about this plan?", ENTER],
      ["And now?", DOWN + ENTER],
    ]);
    expect(served.calls).toEqual([]);
    const [missionId = ""] = await listMissionRecords(opened.paths.state);
    const { status, gates } = await snapshot(opened.client, missionId);
    expect(status).toBe("planning");
    expect(gates.map(({ kind }) => kind)).toEqual(["plan"]);
    await sendCommand(opened.client, missionId, "cancel", {}, { by: context.by });
    await untilEnded(opened, missionId);
  });
});

describe("a headless start from one sentence", () => {
  it("asks nothing, prints what it made, waits at its gate, and is the same mission when repeated", async () => {
    const { opened, served } = await open(null);
    const start = async (...more: string[]): Promise<Record<string, string>> => {
      const cli = join(packageRoot(), "dist", "client", "cli.js");
      const args = [cli, "start", "--headless", ...more, GOAL];
      const { stdout } = await run(process.execPath, args, {
        cwd: opened.root,
        env: opened.variables,
      });
      const pairs = stdout
        .trim()
        .split("\n")
        .map((line) => line.split("="));
      return Object.fromEntries(pairs) as Record<string, string>;
    };
    const made = await start();
    expect(made).toMatchObject({
      MISSION_MODE: "full",
      MISSION_MILESTONES: "3",
      MISSION_FEATURES: "6",
      MISSION_STATUS: "planning",
    });
    const missionId = made["MISSION_ID"] ?? "";
    expect(made["MISSION_DIR"]).toContain(missionId);
    expect(await start("--id", missionId)).toEqual(made);
    expect(served.calls.length).toBe(1);
    const bill = billOf(served.calls);
    await until(
      () => budget(opened.client, missionId),
      ({ spent }) => spent.microUsd === bill.microUsd && spent.tokens === bill.tokens,
      "what planning cost in the mission's account",
    );
    const guard = opened.client.workflow.getHandle(guardWorkflowId(missionId));
    expect((await guard.describe()).status.name).toBe("RUNNING");
    await sendCommand(opened.client, missionId, "cancel", {}, { by: opened.context.by });
    await untilEnded(opened, missionId);
    expect((await guard.describe()).status.name).toBe("COMPLETED");
  });
});
