/** What every bench is: a set of sizes, a run on an engine of its own, and figures that end as one JSON line. */
import type { Engine } from "./engine.js";

export type Sizes = Record<string, number>;
/** Milliseconds end in Ms, bytes in Bytes; everything else is a count or a ratio. */
export type Figures = Record<string, unknown>;

export interface Benchmark<S extends Sizes> {
  /** One sentence: what is measured. */
  about: string;
  full: S;
  /** Small enough to see that the tool works; its figures say nothing. */
  quick: S;
  run(engine: Engine, sizes: S): Promise<Figures>;
}

/** One that needs no engine. */
export interface CalculatedBenchmark<S extends Sizes> extends Omit<Benchmark<S>, "run"> {
  calculate(sizes: S): Figures | Promise<Figures>;
}
