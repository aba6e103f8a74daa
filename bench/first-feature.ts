/** From the command typed to the first attempt at work, server and worker being warm; and the start-up of the command itself. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { featureWorkflowId } from "../domain/ids.js";
import type { Plan } from "../domain/plan.js";
import type { Benchmark } from "./benchmark.js";
import type { Engine } from "./engine.js";
import { activityStarts, runsOf } from "./events.js";
import { spread } from "./figures.js";
import { endOf } from "./missions.js";
import { printTable, progress } from "./print.js";

const sizes = { runs: 10, helpRuns: 10 };

export const bench: Benchmark<typeof sizes> = {
  about:
    "`missions start --plan` on a warm server until the first attempt starts, and `missions --help`",
  full: sizes,
  quick: { runs: 2, helpRuns: 2 },
  async run(engine, { runs, helpRuns }) {
    await engine.missions("up");
    const help: number[] = [];
    for (let n = 0; n < helpRuns; n++) {
      const fromMs = performance.now();
      await engine.missions("--help");
      help.push(performance.now() - fromMs);
    }
    const folder = await startOften(engine, "folder", runs);
    const git = await startOften(engine, "git", runs);
    const figures = { folder, git, help: spread(help) };
    const row = (name: string, { p50Ms, p95Ms }: ReturnType<typeof spread>) => [name, p50Ms, p95Ms];
    printTable(
      ["from typing the command", "p50 ms", "p95 ms"],
      [
        row("to the first attempt, plain folder", folder.attempt),
        row("to the first attempt, new repository", git.attempt),
        row("to the prompt, plain folder", folder.command),
        row("to the prompt, new repository", git.command),
        row("missions --help", figures.help),
      ],
    );
    return { ...figures, p50Ms: folder.attempt.p50Ms, helpP50Ms: figures.help.p50Ms };
  },
};

async function startOften(engine: Engine, workspace: Plan["workspace"], runs: number) {
  const plan = join(engine.folder, `${workspace}.yaml`);
  await writeFile(plan, planText(workspace));
  await startOnce(engine, plan); // files are in the system's cache, code is compiled
  const attempt: number[] = [];
  const command: number[] = [];
  for (let n = 0; n < runs; n++) {
    const times = await startOnce(engine, plan);
    progress(`${workspace} ${n + 1} of ${runs}: ${JSON.stringify(times)}`);
    attempt.push(times.attemptMs);
    command.push(times.commandMs);
  }
  return { attempt: spread(attempt), command: spread(command) };
}

async function startOnce(engine: Engine, plan: string) {
  const fromMs = Date.now();
  const said = await engine.missions("start", "--plan", plan, "--yes", "--detach", "--json");
  const commandMs = Date.now() - fromMs;
  const { missionId } = JSON.parse(said) as { missionId: string };
  await endOf(engine.client, missionId);
  for await (const { events } of runsOf(engine.client, featureWorkflowId(missionId, "1", "1.1"))) {
    const [first] = activityStarts(events, "runAttempt");
    if (first !== undefined) return { attemptMs: Math.round(first.startedMs - fromMs), commandMs };
  }
  throw new Error(`the first feature of ${missionId} made no attempt`);
}

const planText = (workspace: Plan["workspace"]) => `title: First feature
goal: Start fast.
mode: full
workspace: ${workspace}
budget: { money_usd: 1, time_hours: 1, token_limit: 1000 }
milestones:
  - title: Only
    features:
      - title: Write a file
        commands: ["echo hello > hello.txt"]
`;
