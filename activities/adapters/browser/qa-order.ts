/** What the process that looks is asked by a file, because it sees nothing else of the worker. */
import type { QaOptions } from "../../../qa/options.js";

export type QaOrder =
  | { kind: "look"; options: Omit<QaOptions, "signal" | "onVisit"> }
  /** Only starts the browser; says its version on standard output. */
  | { kind: "start"; browser: { path: string } };
