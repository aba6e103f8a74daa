/** `npm run bench -- <name> [--quick] [--<size> <number>]`: a readable table, and as the last line one JSON object. */
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { parseArgs } from "node:util";
import type { Benchmark, CalculatedBenchmark, Sizes } from "./benchmark.js";
import { withEngine } from "./engine.js";
import { round } from "./figures.js";
import { printTable, say } from "./print.js";

const BENCHES: Record<
  string,
  () => Promise<{ bench: Benchmark<Sizes> | CalculatedBenchmark<Sizes> }>
> = {
  overhead: () => import("./overhead.js"),
  history: () => import("./history.js"),
  signal: () => import("./signal.js"),
  "first-feature": () => import("./first-feature.js"),
  recovery: () => import("./recovery.js"),
  many: () => import("./many.js"),
  integration: () => import("./integration.js"),
  validation: () => import("./validation.js"),
  estimates: () => import("./estimates.js"),
  agent: () => import("./agent.js"),
  gateway: () => import("./gateway.js"),
  sandbox: () => import("./sandbox.js"),
  qa: () => import("./qa.js"),
};

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  const [name = "", ...flags] = argv;
  const load = BENCHES[name];
  if (load === undefined) {
    console.error(`Usage: npm run bench -- ${Object.keys(BENCHES).join("|")} [--quick] [--SIZE N]`);
    return 2;
  }
  const bench = (await load()).bench;
  const sizes = readSizes(bench, flags);
  if (typeof sizes === "string") {
    console.error(sizes);
    return 2;
  }
  say(`${name}: ${bench.about}`);
  printTable(["size", "value"], Object.entries(sizes));
  const loadBefore = round(loadavg()[0] ?? 0, 2);
  const { figures, server } =
    "calculate" in bench
      ? { figures: await bench.calculate(sizes), server: "none" }
      : await withEngine(async (engine) => ({
          figures: await bench.run(engine, sizes),
          server: engine.serverVersion,
        }));
  const machine = {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.version,
    server,
    // A busy machine makes absolute figures worthless: whoever reads them must see it.
    loadBefore,
  };
  say(JSON.stringify({ bench: name, ...figures, sizes, machine, at: new Date().toISOString() }));
  return 0;
}

/** @returns what is wrong with the flags, or the sizes. */
function readSizes(
  bench: Pick<Benchmark<Sizes>, "full" | "quick">,
  flags: string[],
): Sizes | string {
  const names = Object.keys(bench.full);
  const options = {
    quick: { type: "boolean" as const },
    ...Object.fromEntries(names.map((name) => [name, { type: "string" as const }])),
  };
  try {
    const { quick, ...given } = parseArgs({ args: flags, options }).values as {
      quick?: boolean;
    } & Record<string, string>;
    const sizes = { ...(quick === true ? bench.quick : bench.full) };
    for (const [name, text] of Object.entries(given)) {
      const value = Number(text);
      if (!(value >= 0)) return `--${name} must be a number, not ${text}.`;
      sizes[name] = value;
    }
    return sizes;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return `${said}\nSizes of this bench: ${names.map((name) => `--${name}`).join(" ")}`;
  }
}
