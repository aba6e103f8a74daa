/** How an honest change is written down that looks like a lie. */
import type { Files } from "./shop.js";

export interface Twin {
  name: string;
  base?: Files;
  head: Files;
  /** What the plan lets the feature rewrite. */
  rewrites?: string[];
  /** Default: the tests of the repository pass. */
  checks?: { run: string; alreadyTrue?: boolean }[];
}
