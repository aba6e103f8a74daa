/** One mission on three hosts: one of them is killed, one is cut off and comes back, and nothing is done twice. */
import { afterEach, describe, expect, it } from "@jest/globals";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { budget } from "../../../client/missions.js";
import { listHeldSlots } from "../../../store/agent-slots.js";
import { readFeatureEvents } from "../../../store/feature-record.js";
import { readHostId } from "../../../store/host-id.js";
import { journalPath, listJournals, readJournal } from "../../../store/journal.js";
import { startModelServer, type ModelServer } from "../../../workers/demo-model-server.js";
import type { CannedTurn } from "../../../workers/demo-replies.js";
import { testAddress } from "../../helpers/with-worker.js";
import { openEngine, until, type Engine } from "../../e2e/engine.js";
import { completedFeatures, filesOf, git, untilEnded, workspacesOf } from "../../e2e/outcome.js";
import { startFromPlan } from "../../e2e/start.js";
import { layCable, type Cable } from "./network.js";

const FEATURES = ["1.1", "1.2", "1.3"];
const TURNS = 10;
/** A host that does not answer is given up soon; one that lives takes its work at once. */
const TIMINGS = { hostScheduleMs: 4_000, hostSeenMs: 8_000 };

const toUndo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const undo of toUndo.splice(0).reverse()) await undo();
}, 180_000);
const undoing = <T>(thing: T, undo: () => Promise<unknown>): T => {
  toUndo.push(undo);
  return thing;
};

const step = (id: string, n: number): CannedTurn => ({
  say: "A step.",
  calls: [{ tool: "run", input: { command: `sleep 0.7; echo ${n} >> ${id}.txt` } }],
});
const turnsOf = (id: string): CannedTurn[] => [
  ...Array.from({ length: TURNS }, (_, n) => step(id, n)),
  { say: "All steps are done." },
];
const plan = {
  title: "Steps on three hosts",
  goal: "Go step by step.",
  budget: { money_usd: 50, time_hours: 1, token_limit: 10_000_000 },
  model_routing: { workers: "compatible/canned", validation: "compatible/canned" },
  milestones: [
    {
      title: "One",
      features: FEATURES.map((id) => ({
        title: `Steps ${id}`,
        brief: "Go step by step.",
        touches: [`${id}.txt`],
        // Two or three calls to a slice: its end is handed over, so a host that is lost loses little.
        estimate: { usd: 1, hours: 0.1, tokens: 5_000 },
        checks: [
          {
            sentence: "All steps are there, in order, once",
            verify: {
              method: "bash",
              run: `test "$(tr -d '\\n' < ${id}.txt)" = 0123456789`,
            },
          },
        ],
      })),
    },
  ],
};

const SETTINGS = `models:
  compatible/canned:
    input_usd_per_million: 3
    output_usd_per_million: 15
`;

interface Host {
  engine: Engine;
  id: string;
  cable: Cable;
  /** Connections that it made to the model. */
  modelConnections: () => number;
}

async function anotherHost(home: Engine, model: ModelServer, store: string): Promise<Host> {
  const cable = await layCable();
  undoing(cable, () => cable.remove());
  const temporal = await cable.reach(Number(testAddress().split(":")[1]));
  const provider = await cable.reach(model.port);
  const variables = {
    ...variablesOf(store, `http://${provider.address}/v1`),
    MISSIONS_SLOTS: "1",
    TEMPORAL_ADDRESS: temporal.address,
  };
  const engine = await openEngine(testAddress(), variables, {
    namespace: home.namespace,
    through: cable.prefix,
  });
  undoing(engine, () => engine.close());
  await writeSettings(engine);
  return {
    engine,
    id: await readHostId(engine.paths),
    cable,
    modelConnections: provider.connections,
  };
}

const variablesOf = (store: string, modelAddress: string) => ({
  MISSIONS_STORE: store,
  MISSIONS_COMPATIBLE_BASE_URL: modelAddress,
});

async function writeSettings({ paths }: Engine): Promise<void> {
  await mkdir(dirname(paths.settings), { recursive: true });
  await writeFile(paths.settings, SETTINGS);
}

/** Which feature each host has now. */
const featureOn = async ({ engine }: Host) =>
  (await listHeldSlots(engine.paths.slots)).map(({ featureId }) => featureId)[0];

/** Slices of a feature that ended on a host: their checkpoints are in the store. */
async function handedOver({ engine }: Host, missionId: string, featureId: string) {
  const events = await readFeatureEvents(engine.paths.features, missionId, featureId);
  return events.filter((event) => event.kind === "attempt" && event.outcome === "needs-more")
    .length;
}

/** Paid calls in slices whose end a host that was lost did not hand over: only these may be made again. */
async function callsAtRisk({ engine }: Host, missionId: string, featureId: string) {
  const events = await readFeatureEvents(engine.paths.features, missionId, featureId);
  const keys = (await listJournals(engine.paths.journals, missionId)).filter(
    (key) =>
      key.split("/")[2] === featureId &&
      !events.some((event) => event.key.startsWith(`attempt/${key}/`)),
  );
  const journals = keys.map((key) =>
    readJournal(journalPath(engine.paths.journals, missionId, key)),
  );
  const entries = (await Promise.all(journals)).flatMap((journal) => journal ?? []);
  return entries.filter(({ state }) => state === "open").length;
}

describe("a mission on three hosts", () => {
  it("goes on when one is killed and one is cut off and comes back, with no commit, merge or call made twice", async () => {
    const replies = Object.fromEntries(FEATURES.map((id) => [id, turnsOf(id)]));
    const model = await startModelServer({ replies, latencyMs: 200 });
    undoing(model, () => model.stop());
    const store = await mkdtemp(join(tmpdir(), "missions-store-"));
    undoing(store, () => rm(store, { recursive: true, force: true }));
    const home = await openEngine(testAddress(), {
      ...variablesOf(store, model.baseUrl),
      MISSIONS_SLOTS: "1",
    });
    undoing(home, () => home.close());
    await writeSettings(home);
    const others = [await anotherHost(home, model, store), await anotherHost(home, model, store)];
    const [, killedWorker] = await Promise.all(
      [home, ...others.map(({ engine }) => engine)].map((engine) => engine.startWorker()),
    );
    const [killed, cut] = others as [Host, Host];

    const { missionId, record } = await startFromPlan(home, plan, {
      timings: TIMINGS,
      unsandboxed: true,
    });
    const [ofKilled = "", ofCut = ""] = await until(
      () => Promise.all(others.map(featureOn)),
      (found) => found.every((id) => id !== undefined),
      "a feature on each of the two",
    );
    const hasHandedOver = (host: Host, id: string) =>
      until(
        () => handedOver(host, missionId, id),
        (slices) => slices >= 1,
        `the end of a slice of ${id}`,
      );
    await Promise.all([hasHandedOver(killed, ofKilled), hasHandedOver(cut, ofCut)]);

    await cut.cable.pull();
    killedWorker?.killGroup();
    const moved = async (id: string, from: Host) =>
      (await readFeatureEvents(home.paths.features, missionId, id)).some(
        (event) => event.kind === "note" && event.text.includes(from.id),
      );
    await until(
      async () => (await moved(ofKilled, killed)) && (await moved(ofCut, cut)),
      (has) => has,
      "the move of both features to the home",
    );
    const connectionsBefore = cut.modelConnections();
    const atRisk = {
      [ofKilled]: await callsAtRisk(killed, missionId, ofKilled),
      [ofCut]: await callsAtRisk(cut, missionId, ofCut),
    };
    await cut.cable.plug();

    expect(await untilEnded(home, missionId)).toBe("completed");
    expect(await completedFeatures(record)).toEqual(FEATURES);
    const merges = await git(
      record.repo ?? "",
      "log",
      "--merges",
      "--format=%s",
      record.branch ?? "",
    );
    expect(merges.split("\n").sort()).toEqual(FEATURES.map((id) => `Merge feature ${id}`));
    const files = await filesOf(record);
    for (const id of FEATURES) expect(files[`${id}.txt`]?.replace(/\n/g, "")).toBe("0123456789");

    // Calls that were handed over are not made again; the host that came back made none any more.
    for (const id of FEATURES) {
      const turns = model.calls.filter(({ feature }) => feature === id).map(({ turn }) => turn);
      const repeated = turns.length - new Set(turns).size;
      expect({ id, repeated: repeated <= (atRisk[id] ?? 0) }).toEqual({ id, repeated: true });
    }
    expect(new Set(model.calls.map(({ requestId }) => requestId)).size).toBe(model.calls.length);
    const totals = await budget(home.client, missionId);
    const billed = model.calls.reduce((sum, call) => sum + call.inputTokens + call.outputTokens, 0);
    expect(totals.spent.tokens).toBeGreaterThanOrEqual(billed);
    expect(totals.reserved).toEqual({ microUsd: 0, tokens: 0 });
    expect(cut.modelConnections()).toBe(connectionsBefore);

    // The host that came back has let go of what was taken from it.
    await until(
      () => featureOn(cut),
      (id) => id === undefined,
      "the slot of the host that came back",
    );
    await until(
      () => workspacesOf(cut.engine, missionId),
      (names) => names.length === 0,
      "the end of its workspace",
    );
    expect(new Set([cut.id, killed.id, await readHostId(home.paths)]).size).toBe(3);
    expect(await readdir(cut.engine.paths.state).catch(() => [])).toEqual([]);
  }, 240_000);
});
