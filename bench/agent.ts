/** One builtin feature of many turns against a plain loop over the same provider library, model server, prompt, brief and tools. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createBriefs } from "../activities/briefs.js";
import { packageRoot } from "../config/package-root.js";
import { featureWorkflowId } from "../domain/ids.js";
import type { Plan } from "../domain/plan.js";
import { readFeatureEvents } from "../store/feature-record.js";
import { writeWhole } from "../store/files.js";
import { createGit } from "../store/git.js";
import type { MissionInput } from "../workflows/messages.js";
import { startModelServer, type ModelServer } from "../workers/demo-model-server.js";
import { realActivities } from "./activities.js";
import { agentTurns, makeTree } from "./agent-turns.js";
import type { Benchmark } from "./benchmark.js";
import type { Engine } from "./engine.js";
import { activityTimes, runsOf } from "./events.js";
import { median, round, sum } from "./figures.js";
import { aPlan, makeBenchMission, timeMission } from "./missions.js";
import { plainLoop } from "./plain-loop.js";
import { printTable, progress } from "./print.js";
import { withWorkers } from "./workers.js";

/** `latencyMs`: what the model server takes for an answer; the pairs without it show what is ours. */
const sizes = { turns: 40, pairs: 3, latencyMs: 1_000, files: 200 };
type AgentSizes = typeof sizes;

export const bench: Benchmark<AgentSizes> = {
  about: "a builtin feature of 40 turns against a plain loop: time, bytes written, tokens sent",
  full: sizes,
  quick: { turns: 8, pairs: 1, latencyMs: 100, files: 20 },
  async run(engine, sizes) {
    const real = await realActivities(engine);
    try {
      return await withWorkers(engine, real, async () => {
        const slow = await measure(engine, sizes, sizes.latencyMs);
        const fast = await measure(engine, sizes, 0);
        const rows = [slow, fast].map((each) => [
          `${each.latencyMs} ms an answer`,
          each.oursMs,
          each.plainMs,
          each.ratio,
          each.addedPerTurnMs,
          each.oursBytes,
          each.plainBytes,
          each.oursTokens - each.plainTokens,
        ]);
        const head = ["model", "ours ms", "plain ms", "ratio", "added ms/turn", "ours bytes"];
        printTable([...head, "plain bytes", "more tokens"], rows);
        return { ratio: slow.ratio, addedTokens: slow.oursTokens - slow.plainTokens, slow, fast };
      });
    } finally {
      real.stop();
    }
  },
};

interface Side {
  ms: number;
  bytes: number;
  tokens: number;
  calls: number;
}

async function measure(engine: Engine, sizes: AgentSizes, latencyMs: number) {
  const pairs: { ours: Side; plain: Side }[] = [];
  for (let n = 0; n < sizes.pairs; n++) {
    const replies = { "1.1": agentTurns(sizes.turns, sizes.files) };
    const server = await startModelServer({ replies, latencyMs });
    try {
      await writeWhole(
        join(engine.paths.run, "demo-model.json"),
        JSON.stringify({ port: server.port }),
      );
      const name = `agent-${latencyMs}-${n}`;
      const repo = await makeTree(engine, `${name}-ours`, sizes.files);
      const input = await makeBenchMission(engine, planOf(), { window: 1, repo });
      const ours = await side(server, () => timeFeature(engine, input));
      const plain = await timePlain(engine, server, input, name, sizes.files);
      if (ours.calls !== sizes.turns || plain.calls !== sizes.turns)
        throw new Error(`${ours.calls} and ${plain.calls} calls instead of ${sizes.turns}`);
      progress(
        `pair ${n + 1} of ${sizes.pairs} at ${latencyMs} ms: ${JSON.stringify({ ours, plain })}`,
      );
      pairs.push({ ours, plain });
    } finally {
      await server.stop();
    }
  }
  const middle = (of: (pair: { ours: Side; plain: Side }) => number) =>
    round(median(pairs.map(of)));
  const added = pairs.map(({ ours, plain }) => (ours.ms - plain.ms) / sizes.turns);
  return {
    latencyMs,
    oursMs: middle(({ ours }) => ours.ms),
    plainMs: middle(({ plain }) => plain.ms),
    ratio: round(median(pairs.map(({ ours, plain }) => ours.ms / plain.ms)), 2),
    addedPerTurnMs: round(median(added), 1),
    oursBytes: middle(({ ours }) => ours.bytes),
    plainBytes: middle(({ plain }) => plain.bytes),
    oursTokens: middle(({ ours }) => ours.tokens),
    plainTokens: middle(({ plain }) => plain.tokens),
  };
}

const planOf = (): Plan =>
  aPlan(
    1,
    1,
    () => ({
      title: "Rework the modules",
      agent: "builtin",
      brief: "Go through the modules of src, note each in notes.md, and mend what the tests find.",
      touches: ["src", "notes"],
      model: "demo/canned",
      estimate: { usd: 200, hours: 1, tokens: 100_000_000 },
    }),
    "git",
  );

/** @param run gives its own count of ms. */
async function side(server: ModelServer, run: () => Promise<number>): Promise<Side> {
  const callsBefore = server.calls.length;
  const bytesBefore = await bytesWritten();
  const ms = round(await run());
  // A review of what was made has a name of its own, and is no part of a loop.
  const calls = server.calls.slice(callsBefore).filter(({ feature }) => feature === "1.1");
  return {
    ms,
    bytes: (await bytesWritten()) - bytesBefore,
    tokens: sum(calls.map(({ inputTokens }) => inputTokens)),
    calls: calls.length,
  };
}

/** The attempt alone, by the server's clock: workspace, checks, commit and merge are no part of a loop. */
async function timeFeature(engine: Engine, input: MissionInput): Promise<number> {
  await timeMission(engine, input);
  const workflowId = featureWorkflowId(input.missionId, "1", "1.1");
  let ms = 0;
  for await (const { events } of runsOf(engine.client, workflowId))
    ms += sum(activityTimes(events, "runAttempt"));
  return ms;
}

async function timePlain(
  engine: Engine,
  server: ModelServer,
  input: MissionInput,
  name: string,
  files: number,
): Promise<Side> {
  const tree = await makeTree(engine, `${name}-plain`, files);
  const { missionId, planHash } = input;
  const plan = planOf();
  const [feature] = plan.milestones.flatMap(({ features }) => features);
  if (feature === undefined) throw new Error("no feature");
  const templates = join(packageRoot(), "templates");
  const system = await readFile(join(templates, "prompts", "worker.md"), "utf8");
  const events = await readFeatureEvents(engine.paths.features, missionId, "1.1");
  const began = events.find((event) => event.kind === "workspace");
  const brief = await createBriefs({
    git: createGit({ path: engine.environment.path, home: join(engine.folder, "no-home") }),
    paths: engine.paths,
    template: await readFile(join(templates, "brief-template.md"), "utf8"),
    home: engine.environment.home,
    others: join(engine.folder, "none"),
  }).forAgent({
    missionId,
    planHash,
    plan,
    feature,
    tree,
    baseCommit: began?.kind === "workspace" ? began.baseCommit : "",
    missionFolder: join(engine.environment.home, missionId),
  });
  return side(server, () => plainLoop({ baseUrl: server.baseUrl, system, brief, tree }));
}

/** By this process and the children that it has waited for, as the kernel counts. @returns NaN where it does not. */
async function bytesWritten(): Promise<number> {
  const io = await readFile("/proc/self/io", "utf8").catch(() => "");
  return Number(/^write_bytes: (\d+)$/m.exec(io)?.[1] ?? Number.NaN);
}
