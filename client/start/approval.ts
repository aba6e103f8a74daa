/** The plan gate at the start: flags answer it, else a terminal is asked, else the mission waits at it. */
import type { Plan } from "../../domain/plan.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { Context } from "../context.js";
import { choose, confirm } from "../terminal/ask.js";
import { probeSandbox } from "../../store/sandbox-probe.js";
import { isReal } from "./models.js";
import { isApproved, type StartOptions } from "./options.js";
import { planNotices } from "./plan-notices.js";
import { planSummary, type ShownWith } from "./plan-summary.js";

/** `waits`: at its plan gate. */
export type Approval = "approved" | "queued" | "waits";

/** @throws Problem interrupted when the person drops it. */
export async function askApproval(
  context: Context,
  plan: Plan,
  options: StartOptions,
  shownWith: Pick<ShownWith, "deadlineSpanMs" | "forges"> = {},
): Promise<Approval> {
  if (options.queue === true) return "queued";
  if (isApproved(options)) return "approved";
  if (!context.output.interactive || options.headless === true) return "waits";
  const shown = { now: new Date(), ...shownWith };
  const lines = planSummary(plan, context.output.columns(), shown);
  for (const line of [...lines, ...(await planNotices(context, plan))]) context.output.note(line);
  const choice = await choose("Start it?", [
    { value: "start", label: "Start now" },
    { value: "queue", label: "Queue it", hint: "it starts when its turn comes" },
    { value: "later", label: "Keep it, decide later", hint: "it waits at its plan gate" },
    { value: "drop", label: "Drop it" },
  ]);
  if (choice === "drop") {
    throw new Problem(EXIT.interrupted, "Nothing was started.", "Start it again when you like.");
  }
  return choice === "start" ? "approved" : choice === "queue" ? "queued" : "waits";
}

/** A real model decides by itself what it runs; where no sandbox works, that is said and agreed to, never assumed. */
export async function agreeUnsandboxed(
  context: Context,
  models: readonly string[],
  options: StartOptions,
): Promise<boolean> {
  const real = models.filter(isReal);
  if (real.length === 0 || options.unsandboxed === true) return options.unsandboxed === true;
  const found = await probeSandbox(context.environment.path);
  if (found.works) return false;
  const what = `${real.join(", ")} would run commands on this host without a sandbox`;
  if (context.output.interactive && options.headless !== true) {
    if (await confirm(`${what}. ${found.why} Allow it for this mission?`)) return true;
  }
  throw new Problem(
    EXIT.badInput,
    `${what}.`,
    `${found.why} Or allow it with --unsandboxed, on a machine where you would run its commands yourself.`,
  );
}
