/** Features of kind `browser-qa`: one look at the app in a workspace, its report and pictures handed over as evidence. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { blocks } from "../domain/findings.js";
import type { Check, Plan, PlanFeature } from "../domain/plan.js";
import { summariseQa, worstOf } from "../domain/qa-words.js";
import type { LookInput, LookOutcome } from "../domain/work.js";
import { appendFeatureEvent } from "../store/feature-record.js";
import { reportFolder, workspacePaths } from "../store/workspace-paths.js";
import { childConfinement } from "./child-confinement.js";
import { type CheckDependencies, orCancelled, runAll } from "./checks.js";
import type { CheckPlace } from "./check-run.js";
import { moveHandover } from "./handover.js";
import { whileHeartbeating } from "./heartbeat.js";
import type { SlotPort } from "./hosts-ports.js";
import { checkLook, lookAtPlan } from "./look-order.js";
import { requirePlace } from "./mission-place.js";
import { readPlanFeature, readStoredPlan } from "./plan.js";
import { removeFolder } from "./remove-folder.js";
import { groupFile } from "./workspace.js";

export interface LookDependencies extends CheckDependencies {
  slots: SlotPort;
}

const NAMED_FILES = 20;
const SUMMARY = 600;

export function createLookActivities(deps: LookDependencies) {
  return {
    /** Looks anew each time it runs; what it hands over takes the place of what an earlier run handed over. */
    async lookAtApp(input: LookInput): Promise<LookOutcome> {
      const { planHash, milestoneId, featureId } = input.feature;
      const plan = await readStoredPlan(deps.blobs, planHash);
      const feature = await readPlanFeature(deps.blobs, planHash, milestoneId, featureId);
      return whileHeartbeating((signal) =>
        orCancelled(signal, () => lookOnce(deps, input, { plan, feature, signal })),
      );
    },
  };
}

interface Asked {
  plan: Plan;
  feature: PlanFeature;
  signal: AbortSignal;
}

async function lookOnce(
  deps: LookDependencies,
  { feature: ref, workspace, commandMs }: LookInput,
  { plan, feature, signal }: Asked,
): Promise<LookOutcome> {
  const { paths, commands, blobs, scrub } = deps;
  const place = workspacePaths(paths.workspaces, workspace.name);
  const group = groupFile(place);
  await commands.endRecordedGroup(group);
  await removeFolder(place.handover);
  const out = join(place.handover, "assets", "qa", ref.featureId);
  await Promise.all([out, place.attempt, place.home].map((at) => mkdir(at, { recursive: true })));
  const here: CheckPlace = {
    ...{ commands, dir: place.tree, home: place.home, groupFile: group, commandMs, signal },
    confine: childConfinement(paths, ref.missionId, plan, feature.repository),
    ...checkLook(deps.browser, plan),
  };
  const { flows: names = [], ...how } = feature.qa ?? {};
  const report = await lookAtPlan(here, { names, whole: names.length === 0, ...how, out });
  const failed = report.verdict === "passed" ? await failedChecks(feature.checks, here) : [];
  const told = scrub(JSON.stringify(report));
  const blob = await blobs.put(told, "qa-report.json");
  const { folder } = await requirePlace(paths, ref.missionId);
  // Away from home they wait beside the workspace until its home takes them.
  const moved = await moveHandover(scrub, place, folder ?? reportFolder(place), ref.featureId);
  const files = moved.sort((a, b) => rankOf(a) - rankOf(b)).slice(0, NAMED_FILES);
  const blocking = report.findings.filter(blocks).length;
  const verdict = failed.length > 0 ? "failed" : report.verdict;
  const summary = [scrub(summariseQa(report)), ...failed].join("; ").slice(0, SUMMARY);
  await appendFeatureEvent(paths.features, ref.missionId, ref.featureId, {
    key: `look/${ref.generation}/${blob.sha256}`,
    at: new Date(deps.clock.now()).toISOString(),
    ...{ kind: "look", verdict, summary, report: blob, files },
  });
  await deps.slots.giveBack(ref);
  return {
    ...{ verdict, summary, blocking, minor: report.findings.length - blocking, files },
    worst: worstOf(report).map(scrub),
    report: blob,
  };
}

/** The report first, then its data, then pictures. */
const rankOf = (path: string) =>
  path.endsWith("/index.html") ? 0 : path.endsWith("/qa-report.json") ? 1 : 2;

/** Its own checks; there is no base to hold them against, because a look changes nothing. */
async function failedChecks(checks: Check[], here: CheckPlace): Promise<string[]> {
  const { runs } = await runAll(checks, here);
  return runs
    .filter(({ passed }) => !passed)
    .map(({ check, how }) => {
      const ended = how.split("\n").at(-1) ?? "";
      return `check ${check.id} failed: ${check.sentence.slice(0, 100)} (${ended.slice(0, 120)})`;
    });
}
