/** A feature's pull request, and the wait for what the forge's CI says of it. */
import { condition, isCancellation, patched } from "@temporalio/workflow";
import type { PullRequestInput, PullRequestState } from "../domain/shipping-work.js";
import { forgeReads, forgeWork } from "./effects.js";
import { explainFailure } from "./failure-causes.js";
import type { SafetyStopped } from "./feature-input.js";
import type { FeatureWork } from "./feature-work.js";

/** A forge that was said to run checks may show none at first; after so many looks there are none. */
const LOOKS_WITHOUT_CI = 4;
const SLOWEST = 10;
const SLOWER_BY = 1.5;

export interface Opened {
  kind: "open";
  id: string;
  where: string;
  awaitsCi: boolean;
}

/** Opens it or brings it up to date; one for each feature, however often it is tried. */
export async function openPullRequest(
  work: FeatureWork,
  shown: Omit<PullRequestInput, "feature" | "at" | "takesLater">,
): Promise<Opened | { kind: "again" } | { kind: "blocked"; reason: string }> {
  const { ref, input } = work;
  const what = `${ref.featureId} ${input.title}: pull request`.slice(0, 190);
  try {
    const outcome = await work.interruptibly(() =>
      forgeWork(work.homeQueue(), input.timings, what).openPullRequest({
        feature: ref,
        at: new Date().toISOString(),
        takesLater: true,
        ...shown,
      }),
    );
    if (outcome.kind === "refused") return { kind: "blocked", reason: outcome.reason };
    if (outcome.kind === "later") {
      const at = new Date(Date.now() + outcome.waitMs).toISOString();
      const asked = await work.waitUntil(at, outcome.why.replace(/\.$/, ""));
      return asked === undefined ? { kind: "again" } : { kind: "blocked", reason: asked };
    }
    const { id, where } = outcome;
    work.notePullRequest({ id, where, commit: shown.commit });
    return outcome;
  } catch (error) {
    if (!isCancellation(error)) throw error;
    return { kind: "again" };
  }
}

export type CiVerdict =
  | { kind: "passed"; note: string }
  | { kind: "failed"; reason: string }
  | ({ kind: "blocked"; reason: string } & SafetyStopped)
  | { kind: "stopping" };

/**
 * Looks again and again, less and less often, holding neither slice nor a place in the window. When the agent has something
 * to mend, the place is there again.
 */
export async function awaitCi(
  work: FeatureWork,
  { id, where }: Opened,
  commit: string,
): Promise<CiVerdict> {
  const { ciPollMs, ciWaitMs } = work.input.timings;
  const waits = () => work.leaveWindow(`waits for the CI of ${where}`);
  await waits();
  let waitMs = ciPollMs;
  const untilMs = Date.now() + ciWaitMs;
  // A forge with a long limit answers late, and what is to stop does not wait for that.
  const endsLooks = patched("stop-ends-ci-look");
  const stopped = condition(() => work.stopping() !== undefined).then(() => ({
    trouble: "stopped",
  }));
  for (let looks = 1; work.stopping() === undefined; looks += 1) {
    const state = await (endsLooks
      ? Promise.race([look(work, id, commit), stopped])
      : look(work, id, commit));
    if (endsLooks && work.stopping() !== undefined) break;
    const verdict = "trouble" in state ? undefined : judge(state, where, looks);
    if (verdict?.kind === "failed") await work.comeBack();
    if (verdict !== undefined) return verdict;
    if (Date.now() >= untilMs) {
      const minutes = Math.round(ciWaitMs / 60_000);
      const why = "trouble" in state ? ` The forge could not be asked: ${state.trouble}` : "";
      const reason = `The CI of ${where} has not ended after ${minutes} minutes.${why}`;
      return { kind: "blocked", reason, stop: "outside" };
    }
    await work.rest(Math.min(waitMs, Math.max(0, untilMs - Date.now())), "look at the CI again");
    waitMs = Math.min(waitMs * SLOWER_BY, ciPollMs * SLOWEST);
    // Told to go on by a person: it looks at once, and needs no place for that.
    if (work.isBack() && work.stopping() === undefined) await waits();
  }
  return { kind: "stopping" };
}

/** A forge that does not answer is asked again at the next look. */
async function look(
  work: FeatureWork,
  id: string,
  commit: string,
): Promise<PullRequestState | { trouble: string }> {
  try {
    const { readPullRequest } = forgeReads(work.homeQueue(), `${work.ref.featureId}: CI`);
    return await readPullRequest({ feature: work.ref, id, commit });
  } catch (error) {
    return { trouble: explainFailure(error) };
  }
}

function judge(
  { state, ci, failed }: PullRequestState,
  where: string,
  looks: number,
): CiVerdict | undefined {
  if (state === "closed") return { kind: "blocked", reason: `A person closed ${where}.` };
  if (state === "merged") return { kind: "passed", note: "merged at the forge by a person" };
  switch (ci) {
    case "passed":
      return { kind: "passed", note: "CI passed" };
    case "failed":
      return { kind: "failed", reason: `The CI of ${where} failed: ${quoteAll(failed)}` };
    case "none":
      return looks < LOOKS_WITHOUT_CI ? undefined : { kind: "passed", note: "no CI ran" };
    case "pending":
      return undefined;
  }
}

/** Names come from the forge: shown as names, never as words of their own. */
const quoteAll = (names: string[]) =>
  names
    .slice(0, 10)
    .map((name) => JSON.stringify(name.slice(0, 100)))
    .join(", ");
