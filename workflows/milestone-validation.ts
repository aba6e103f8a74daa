/** What follows a milestone's features: the engine looks, a judge looks, and what they find is mended or asked about. */
import { CancellationScope, condition } from "@temporalio/workflow";
import type { Amount } from "../domain/mission.js";
import type { ValidationOutcome } from "../domain/validation-work.js";
import { hostWork } from "./effects.js";
import { explainFailure } from "./failure-causes.js";
import { actOnDecision, mendOrAsk, noteFailed } from "./milestone-fixes.js";
import { judge, type Judged } from "./milestone-judge.js";
import { reportProgress } from "./milestone-progress.js";
import type { Milestone } from "./milestone-work.js";
import { askSlice, isOvertaken, settleSlice } from "./validation-slice.js";

const NOTHING: Amount = { microUsd: 0, tokens: 0 };

/** @returns true when the milestone has passed; false when something changed and it goes on, or waits at a gate. */
export async function validate(milestone: Milestone): Promise<boolean> {
  const { state } = milestone;
  if (!milestone.needsValidation() || state.validated) return true;
  // Whatever comes of it, the milestone looks again at what it has to do.
  milestone.touch();
  if ((await actOnDecision(milestone)) === "mending") return false;
  milestone.stage = "validating";
  try {
    return await seeWhole(milestone);
  } finally {
    milestone.stage = undefined;
  }
}

async function seeWhole(milestone: Milestone): Promise<boolean> {
  const { input, state } = milestone;
  await reportProgress(milestone, "validating");
  const slice = await askSlice(milestone, NOTHING);
  if (slice === undefined) return false;
  const round = (state.round ?? 0) + 1;
  const seen = await look(milestone, round);
  await settleSlice(milestone, { key: slice.key, spent: NOTHING, sleeps: [] });
  if (seen === undefined || isOvertaken(milestone)) return false;
  state.round = round;
  const isToJudge = seen.passed && seen.judgeAsk !== undefined;
  noteExit(milestone, seen, isToJudge ? "not yet, a judge is being asked" : undefined);
  if (isToJudge) milestone.stage = "judging";
  const outcome: Judged | undefined = seen.passed ? await judge(milestone, seen, round) : seen;
  if (outcome === undefined) return false;
  noteExit(milestone, outcome, outcome.unjudged);
  if (!outcome.passed) {
    noteFailed(milestone, outcome, round);
    await mendOrAsk(milestone);
    return false;
  }
  state.validated = true;
  state.failedRounds = [];
  delete state.blockedBy;
  const { accepted = [] } = state;
  const by = [...new Set(accepted.map((each) => each.by))].join(" and ");
  const how = by === "" ? "passed" : `passed with findings that ${by} accepted`;
  milestone.story("progress", `Milestone ${input.milestoneId} ${how}: ${outcome.summary}`);
  return true;
}

/** mission.md shows the last report, whatever it says. */
function noteExit({ state }: Milestone, { report }: ValidationOutcome, unjudged?: string): void {
  if (report === undefined) return;
  state.exit = report;
  if (unjudged === undefined) delete state.unjudged;
  else state.unjudged = unjudged;
}

/** @returns undefined when a pause, the cap of time or a decision ended it: it is begun anew where there is still need. */
async function look(milestone: Milestone, round: number): Promise<ValidationOutcome | undefined> {
  const { input, state } = milestone;
  const { missionId, generation, milestoneId } = input;
  const { accepted = [] } = state;
  const scope = new CancellationScope({ cancellable: true });
  const end = () => {
    scope.cancel();
  };
  void condition(() => isOvertaken(milestone)).then(end);
  // It costs no money, so that it goes on where only that is used up.
  milestone.whenInterrupted((why) => {
    if (why !== "money") end();
  });
  try {
    const summary = `milestone ${milestoneId}: validate, round ${round}`;
    const { validateMilestone } = hostWork(input.homeQueue, input.timings, summary);
    return await scope.run(() =>
      validateMilestone({
        missionId,
        generation,
        milestoneId,
        planHash: state.planHash,
        commandMs: input.timings.commandMs,
        round,
        ...(accepted.length === 0 ? {} : { accepted }),
      }),
    );
  } catch (error) {
    if (scope.consideredCancelled) return undefined;
    return { passed: false, ran: 0, failed: [], unseen: [], summary: explainFailure(error) };
  } finally {
    milestone.whenInterrupted(() => undefined);
  }
}
