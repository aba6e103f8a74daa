/** The body of a `manual` feature: a workspace, a gate until a person says that it is done, the engine's checks, one commit. */
import { isCancellation, setCurrentDetails } from "@temporalio/workflow";
import type { Workspace } from "../../domain/work.js";
import { explainFailure, isHostSilent } from "../failure-causes.js";
import type { FeatureResult } from "../feature-input.js";
import type { FeatureWork } from "../feature-work.js";
import { check, commit } from "./code.js";

/** Notes shown with the question. */
const NOTES_SHOWN = 3;

type Verdict =
  | { kind: "accepted"; note: string; commit: string; files: string[] }
  /** Goes back to the person, however often. */
  | { kind: "returned"; why: string }
  | { kind: "stopped" };

export async function manualFeature(work: FeatureWork): Promise<FeatureResult> {
  let workspace: Workspace | undefined;
  try {
    workspace = await prepare(work);
    if (workspace === undefined) return await giveUp(work, undefined);
    return await withPerson(work, workspace);
  } catch (error) {
    if (work.stopping() !== undefined) return giveUp(work, workspace);
    return work.end("blocked", { note: explainFailure(error) });
  }
}

/** A workspace from the head of the integration branch; undefined when it is to stop. */
async function prepare(work: FeatureWork): Promise<Workspace | undefined> {
  while (work.stopping() === undefined) {
    await work.untilUnpaused();
    const workspace = await work.place();
    if (workspace !== undefined) return workspace;
  }
  return undefined;
}

async function withPerson(work: FeatureWork, workspace: Workspace): Promise<FeatureResult> {
  const question = await describe(work, workspace);
  let returned = "";
  for (;;) {
    const asked = [returned, question, ...work.notes().slice(-NOTES_SHOWN)];
    const whole = asked.filter((part) => part !== "").join(" ");
    setCurrentDetails(`Waits for a person.\n\n${whole}`);
    await work.waitForPerson(whole);
    const verdict = await judge(work, workspace);
    switch (verdict.kind) {
      case "accepted":
        return work.end("done", {
          note: verdict.note,
          hostQueue: workspace.hostQueue,
          ...(verdict.commit === "" ? {} : { commit: verdict.commit }),
          ...(verdict.files.length === 0 ? {} : { files: verdict.files }),
        });
      case "returned":
        returned = verdict.why;
        continue;
      case "stopped":
        return giveUp(work, workspace);
    }
  }
}

/** Only the host of the workspace knows where that is. */
async function describe(work: FeatureWork, workspace: Workspace): Promise<string> {
  const { describeManualWork } = work.host(workspace, "what is to be done");
  for (;;) {
    try {
      return (await describeManualWork({ feature: work.ref, workspace })).question;
    } catch (error) {
      if (!isHostSilent(error) || !(await work.isHostAlive(workspace))) throw error;
    }
  }
}

/** Checks run under a slice of nothing, as validations do, so that pause, caps and the clock of active time hold for them too. */
async function judge(work: FeatureWork, workspace: Workspace): Promise<Verdict> {
  for (;;) {
    await work.untilRunnable();
    if (work.stopping() !== undefined) return { kind: "stopped" };
    try {
      await enterAgain(work, workspace);
      const outcome = await check(work, workspace);
      if (outcome === "interrupted") {
        await work.settle();
        continue;
      }
      if (outcome === "elsewhere") return silent(workspace);
      if (!outcome.passed) return returned(`It is not done yet: ${outcome.summary}.`);
      const made = await commit(work, workspace);
      if (made === "elsewhere") return silent(workspace);
      if (made.refused !== undefined) return returned(`It cannot be taken over: ${made.refused}`);
      return { kind: "accepted", note: outcome.summary, commit: made.commit, files: made.files };
    } catch (error) {
      if (work.stopping() !== undefined) return { kind: "stopped" };
      if (isCancellation(error)) await work.settle();
      else if (isHostSilent(error)) return silent(workspace);
      else return returned(`Its checks could not run: ${explainFailure(error)}`);
    }
  }
}

const returned = (why: string): Verdict => ({ kind: "returned", why });
const silent = ({ hostId }: Workspace) =>
  returned(
    `Host ${hostId}, which has the workspace, does not answer: start its worker, then say done again.`,
  );

/** The one folder of a POC mission was others' meanwhile; a clone stayed the person's own. */
async function enterAgain(work: FeatureWork, workspace: Workspace): Promise<void> {
  const { mode } = work.input;
  if (mode !== "poc") return;
  await work.onHost(workspace, "workspace", ({ prepareWorkspace }) =>
    prepareWorkspace({ feature: work.ref, mode }),
  );
}

/** What a person has in a clone by then is kept as a commit, because workspaces go when the mission ends. */
async function giveUp(work: FeatureWork, workspace: Workspace | undefined): Promise<FeatureResult> {
  const why = work.stopping() ?? "stopped";
  if (workspace === undefined || workspace.baseCommit === "")
    return work.end("cancelled", { note: why });
  let kept: string;
  try {
    const made = await commit(work, workspace);
    if (made === "elsewhere") throw new Error("its host does not answer");
    const nothing = made.refused === undefined ? "" : `; not kept: ${made.refused}`;
    kept = made.commit === "" ? nothing : `; what was there is kept as ${made.commit.slice(0, 12)}`;
  } catch (error) {
    kept = `; what was there could not be kept: ${explainFailure(error)}`;
  }
  return work.end("cancelled", { note: `${why}${kept}` });
}
