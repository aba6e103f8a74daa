/** Fresh eyes on the evidence of a validation that nothing else blocks, paid from a slice of its own. */
import { CancellationScope, condition, sleep } from "@temporalio/workflow";
import type { Slice } from "../domain/work.js";
import type { JudgeOutcome, ValidationOutcome } from "../domain/validation-work.js";
import { hostWork } from "./effects.js";
import { holdSlice } from "./held-slice.js";
import { isTooLong } from "./milestone-continue.js";
import type { Milestone } from "./milestone-work.js";
import { payFor, type Stopped, type Unanswered } from "./paid-host-work.js";
import { quotaWaitMs } from "./quota.js";
import { askSlice, isOvertaken, settleSlice, VALIDATION } from "./validation-slice.js";

/** More than this is not asked for: a judge that is never done does not hold a milestone up. */
const MOST_ASKS = 3;
const MOST_LOST = 3;

/** `unjudged`: why no judge has looked, where its report does not say so. */
export type Judged = ValidationOutcome & { unjudged?: string };

/** @returns the validation with what the judge found; undefined when overtaken, or when the milestone is to go on in a new run. */
export async function judge(
  milestone: Milestone,
  seen: ValidationOutcome,
  round: number,
): Promise<Judged | undefined> {
  const { judgeAsk, report } = seen;
  if (judgeAsk === undefined || report === undefined) return seen;
  const withoutJudge = (why: string): Judged => {
    const { milestoneId } = milestone.input;
    milestone.story("progress", `Milestone ${milestoneId} was not judged: ${why}`);
    return { ...seen, unjudged: why };
  };
  let ask = judgeAsk;
  let needsWhole = false;
  let asks = 0;
  let lost = 0;
  for (;;) {
    const slice = await askSlice(milestone, ask, needsWhole);
    if (slice === undefined) return undefined;
    const said = await payJudge(milestone, slice, { round, report });
    if (isOvertaken(milestone)) return undefined;
    switch (said.kind) {
      case "judged":
        return said.outcome;
      case "not-judged":
        withoutJudge(said.why);
        return { ...seen, report: said.report };
      case "needs-more":
        asks += 1;
        if (asks >= MOST_ASKS) return withoutJudge("it needs more than it was given");
        needsWhole = said.calls === 0;
        ask = said.ask;
        break;
      case "wait-until":
        await rest(milestone, said.at, said.why);
        // A limit of days does not fill one history: what was seen is seen again in a new run.
        if (isOvertaken(milestone) || isTooLong(milestone.input)) return undefined;
        break;
      case "stopped":
        break;
      case "slice-lost":
        lost += 1;
        if (lost >= MOST_LOST) return withoutJudge("its slice was lost again and again");
        break;
      case "host-silent":
        return withoutJudge("the mission's home host does not answer");
      case "failed":
      case "broken":
        return withoutJudge(said.reason);
    }
  }
}

/** One question on one slice, which is settled afterwards whatever came of it. */
async function payJudge(
  milestone: Milestone,
  slice: Slice,
  { round, report }: Pick<Required<ValidationOutcome>, "report"> & { round: number },
): Promise<JudgeOutcome | Stopped | Unanswered> {
  const { input, state } = milestone;
  const { missionId, generation, milestoneId, timings } = input;
  const { planHash } = state;
  const ref = { missionId, generation, milestoneId, featureId: VALIDATION, planHash };
  const held = holdSlice({ ref, order: 0, slice, asks: state.validations });
  const host = (what: string) =>
    hostWork(input.homeQueue, timings, `milestone ${milestoneId}: ${what}`);
  let wasInterrupted = false;
  const scope = new CancellationScope({ cancellable: true });
  milestone.whenInterrupted(() => {
    wasInterrupted = true;
    scope.cancel();
  });
  const payer = {
    ref,
    held,
    timings,
    wasInterrupted: () => wasInterrupted,
    countCost: host("count the cost").settleFromJournal,
  };
  const said = await payFor<JudgeOutcome>(payer, slice, () =>
    scope.run(() =>
      host(`judge, round ${round}`).judgeMilestone({
        missionId,
        generation,
        milestoneId,
        planHash,
        round,
        slice,
        sliceOpened: false,
        report,
        rateLimitInlineMs: timings.rateLimitInlineMs,
      }),
    ),
  );
  milestone.whenInterrupted(() => undefined);
  // What a silent host may have begun counts as spent.
  if (said.kind === "host-silent" && said.mayHaveBegun) held.countWhole();
  for (const settlement of held.takeSettlement()) await settleSlice(milestone, settlement);
  return said;
}

/** A provider's limit; nothing is held meanwhile. */
async function rest(milestone: Milestone, at: string, why: string): Promise<void> {
  const waitMs = quotaWaitMs(at, milestone.input.timings);
  milestone.story("progress", `The judge of milestone ${milestone.input.milestoneId}: ${why}.`);
  const timer = new CancellationScope({ cancellable: true });
  const slept = timer
    .run(() => sleep(waitMs, { summary: "the judge waits" }))
    .catch(() => undefined);
  await Promise.race([slept, condition(() => isOvertaken(milestone))]);
  timer.cancel();
}
