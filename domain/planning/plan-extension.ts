/** A plan that the engine itself changed, within one milestone. */
import type { Plan } from "../plan.js";

export type PlanExtension =
  | { kind: "extended"; plan: Plan; added: string[]; removed: string[] }
  /** One sentence for a person. */
  | { kind: "impossible"; why: string };
