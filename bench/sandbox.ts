/** What starting a command costs inside the sandbox against outside: bubblewrap, its view, and what leads out. */
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandPort } from "../activities/adapters/command.js";
import type { Confinement } from "../activities/ports.js";
import { readEnvironment } from "../config/env.js";
import type { CalculatedBenchmark, Figures } from "./benchmark.js";
import { percentile, round } from "./figures.js";
import { printTable } from "./print.js";

const sizes = { starts: 200, warmUp: 10 };

export const bench: CalculatedBenchmark<typeof sizes> = {
  about: "one command (`true`) run outside of the sandbox, inside, and inside with a way to hosts",
  full: sizes,
  quick: { starts: 5, warmUp: 1 },
  async calculate({ starts, warmUp }) {
    const tree = await realpath(await mkdtemp(join(tmpdir(), "bench-sandbox-")));
    try {
      return await measure(tree, starts, warmUp);
    } finally {
      await rm(tree, { recursive: true, force: true });
    }
  },
};

async function measure(tree: string, starts: number, warmUp: number): Promise<Figures> {
  const { path } = readEnvironment();
  const commands = createCommandPort({ path, hidden: [homedir()] });
  const state = await commands.sandbox();
  if (!state.works) throw new Error(`Nothing to measure here: ${state.why}`);
  const closed: Confinement = { writable: [tree], readable: [], hosts: [] };
  const ways = {
    outside: undefined,
    inside: closed,
    insideWithHosts: { ...closed, hosts: ["example.com"] },
  };
  const samples = { outside: [], inside: [], insideWithHosts: [] } as Record<
    keyof typeof ways,
    number[]
  >;
  // In turn, so that a busy moment hits all alike.
  for (let n = -warmUp; n < starts; n += 1) {
    for (const way of Object.keys(ways) as (keyof typeof ways)[]) {
      const confine = ways[way];
      const beganMs = performance.now();
      const { exitCode } = await commands.run({
        command: "true",
        cwd: tree,
        timeoutMs: 60_000,
        outputLimitBytes: 1_000,
        signal: new AbortController().signal,
        ...(confine === undefined ? {} : { confine }),
      });
      if (exitCode !== 0) throw new Error(`a command ended with ${exitCode ?? "a signal"}`);
      if (n >= 0) samples[way].push(performance.now() - beganMs);
    }
  }
  const spread = (ms: readonly number[]) => ({
    p50Ms: round(percentile(ms, 50), 1),
    p95Ms: round(percentile(ms, 95), 1),
  });
  const figures = Object.fromEntries(
    Object.entries(samples).map(([way, ms]) => [way, spread(ms)] as const),
  );
  printTable(
    ["way", "p50 ms", "p95 ms"],
    Object.entries(figures).map(([way, { p50Ms, p95Ms }]) => [way, p50Ms, p95Ms]),
  );
  return figures;
}
