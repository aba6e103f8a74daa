/** A mission on the real server whose plan, folder and versions lie in real files; only the work itself is made up. */
import { join } from "node:path";
import type { Activities } from "../../../activities/contract.js";
import { createMissionFileActivities } from "../../../activities/mission-file.js";
import { createPlanActivities } from "../../../activities/plan.js";
import { capsOf, milestonesOf } from "../../../domain/outline.js";
import type { Plan } from "../../../domain/plan.js";
import { getBlob, putBlob } from "../../../store/blobs.js";
import { createMissionFolder } from "../../../store/mission-folder.js";
import { planToYaml } from "../../../store/plan-yaml.js";
import type { MissionInput } from "../../../workflows/messages.js";
import { aContext, type TestContext } from "../../client/plan-gate/a-context.js";
import { storePlan } from "../../client/plan-gate/stored-plan.js";
import { done, fakeWorld } from "../../helpers/fake-activities.js";
import { aMissionInput, testAddress, testNamespace } from "../../helpers/with-worker.js";
import { aRecord, template } from "../../store/mission-builders.js";

export interface ChangingMission extends TestContext {
  missionId: string;
  input: MissionInput;
  activities: Activities;
  /** Path of mission.md. */
  file: string;
  /** Features whose work has begun, with the start of the plan's hash that they follow. */
  begun: string[];
  /** Until this, what `held` names does not get done. */
  goOn: () => void;
}

/** @param held features that work until the test lets them go on. */
export async function aChangingMission(
  plan: Plan,
  fields: Partial<MissionInput> = {},
  held: readonly string[] = [],
  more: {
    variables?: Record<string, string>;
    output?: Parameters<typeof aContext>[1];
    activities?: Partial<Activities>;
  } = {},
): Promise<ChangingMission> {
  const test = await aContext(
    { TEMPORAL_ADDRESS: testAddress(), TEMPORAL_NAMESPACE: testNamespace(), ...more.variables },
    more.output,
  );
  const { context, root } = test;
  const { paths } = context;
  const planHash = await storePlan(context, plan);
  const input = aMissionInput({
    title: plan.title,
    mode: plan.mode,
    planHash,
    milestones: milestonesOf(plan),
    caps: capsOf(plan.budget),
    ...fields,
  });
  const { missionId } = input;
  const folder = join(root, "home", missionId);
  const record = aRecord({ missionId, planHash, folder, mode: plan.mode });
  const made = await createMissionFolder({
    state: paths.state,
    record,
    plan,
    template,
    planYaml: planToYaml(plan),
    origin: { at: record.createdAt, answers: [] },
  });
  const blobs = {
    put: (content: Uint8Array | string, name: string) => putBlob(paths.blobs, content, name),
    get: (sha256: string) => getBlob(paths.blobs, sha256),
  };
  const begun: string[] = [];
  let mayGoOn = false;
  const { activities } = fakeWorld([], {
    ...createPlanActivities({ blobs }),
    ...createMissionFileActivities({
      paths,
      blobs,
      clock: { now: () => Date.now(), sleepsSince: () => [] },
      folderCommit: { commitFolder: () => Promise.resolve(undefined) },
      missionTemplate: template,
      briefs: { forAgent: () => Promise.resolve(""), forPeople: () => Promise.resolve("") },
    }),
    runAttempt: async ({ feature }) => {
      begun.push(`${feature.featureId} of ${feature.planHash.slice(0, 8)}`);
      while (held.includes(feature.featureId) && !mayGoOn) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return done();
    },
    ...more.activities,
  });
  const goOn = () => {
    mayGoOn = true;
  };
  return { ...test, missionId, input, activities, file: made.missionFile, begun, goOn };
}
