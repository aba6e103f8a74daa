/** The plan gate on a terminal: a person changes the plan until it is right, then says what becomes of it. */
import type { OutcomeLevel } from "../../domain/mission.js";
import type { Plan } from "../../domain/plan.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { Context } from "../context.js";
import { missionsCommand } from "../shell-words.js";
import type { Streams } from "../terminal/ask.js";
import { adjustPlan } from "./adjust-plan.js";
import { createAsking } from "./asking.js";
import { planInWorkPath, removePlanInWork, savePlanInWork } from "./plan-in-work.js";

/** `review`: it waits at its gate while the file is read; `queue`: it starts when the pulse says so. */
export type PlanDecision = "start" | "review" | "queue" | "drop" | "start-over";

export interface PlanGate {
  plan: Plan;
  missionId: string;
  /** Levels and figures of a plan, as lines. */
  summary: (plan: Plan) => Promise<string[]>;
  /** The plan changed by a model as a sentence says. */
  redraft?: ((wish: string, plan: Plan) => Promise<Plan>) | undefined;
  changeLevel?: ((level: OutcomeLevel, plan: Plan) => Promise<Plan>) | undefined;
  /** The command that goes on after Ctrl-C; default: a start from the file that was kept. */
  goOn?: string | undefined;
  streams?: Streams | undefined;
}

/**
 * The plan is kept in a file after each change, so that Ctrl-C or a closed terminal loses nothing; the file goes when the
 * plan is dropped, and else stays until the caller takes it away (`removePlanInWork`).
 * @throws Problem interrupted on Ctrl-C, with the file and the command that goes on.
 */
export async function planGate(
  context: Context,
  gate: PlanGate,
): Promise<{ plan: Plan; decision: PlanDecision }> {
  const { missionId, streams } = gate;
  const { paths } = context;
  const asking = createAsking(streams);
  const keep = async (plan: Plan) => {
    await savePlanInWork(paths, missionId, plan);
  };
  try {
    for (let plan = gate.plan; ;) {
      const adjusted = await adjustPlan(context, {
        ...gate,
        plan,
        keep,
        endings: [
          { value: "approve", label: "Approve it" },
          { value: "start-over", label: "Start over", hint: "with the questions" },
          { value: "drop", label: "Drop it" },
        ],
      });
      ({ plan } = adjusted);
      if (adjusted.ending !== "approve") {
        if (adjusted.ending === "drop") await removePlanInWork(paths, missionId);
        return { plan, decision: adjusted.ending };
      }
      const decision = await asking.choose("And now?", [
        { value: "start", label: "Start now" },
        { value: "review", label: "Review the file first", hint: "it waits at its plan gate" },
        { value: "queue", label: "Queue it", hint: "it starts when there is room for it" },
        { value: "back", label: "Back to the plan" },
      ]);
      if (decision !== "back") return { plan, decision };
    }
  } catch (error) {
    if (!(error instanceof Problem) || error.exitCode !== EXIT.interrupted) throw error;
    const path = planInWorkPath(paths, missionId);
    const goOn = gate.goOn ?? missionsCommand("start", "--plan", path, "--id", missionId);
    throw new Problem(
      EXIT.interrupted,
      `Stopped by you; the plan as it was last is kept in ${path}.`,
      `Go on with: ${goOn}`,
    );
  }
}
