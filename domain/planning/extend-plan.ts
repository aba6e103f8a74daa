/** Changes of a plan that the engine makes while it runs; what comes out obeys every rule of a plan. Pure. */
import { Problem } from "../problem.js";
import { readPlan } from "../read-plan.js";
import type { PlanExtension } from "./plan-extension.js";

/** The plan after a change, as it may run; or why it may not. */
export function legal(extension: PlanExtension): PlanExtension {
  if (extension.kind === "impossible") return extension;
  try {
    return { ...extension, plan: readPlan(extension.plan) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { kind: "impossible", why: error.message };
  }
}
