/** A mission with the activities of pull requests, on the real adapters of forges. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createForges } from "../../activities/adapters/forges/opening.js";
import { createPullRequestActivities } from "../../activities/pull-requests.js";
import type { PlanFeature } from "../../domain/plan.js";
import type { MissionRecord } from "../../store/mission-record.js";
import { TOKEN } from "./forges/test-forge.js";
import { AT, makeMission, writeFiles } from "./mission-fixture.js";

const checks: PlanFeature["checks"] = [
  {
    id: "1.1.1",
    sentence: "It greets @everyone, see #12",
    verify: { method: "bash", run: "true" },
  },
];
const features = [{ id: "1.1", title: "Fixes #3: greet `all`", checks }, { id: "1.2" }];

/** A mission whose features go to a forge, or to review files. @param tokens by host, as they are kept. */
export async function makeShippingMission(
  root: string,
  repo: string,
  record: Partial<MissionRecord> = {},
  tokens: Record<string, string> = {},
  wished: Partial<PlanFeature>[] = features,
) {
  const mission = await makeMission(root, repo, { features: wished, record, secret: TOKEN });
  const { deps, act, ref } = mission;
  const template = (name: string) =>
    readFile(new URL(`../../templates/${name}`, import.meta.url), "utf8");
  const activities = createPullRequestActivities({
    ...deps,
    forges: createForges({
      ...deps,
      gitHost: { path: process.env["PATH"] ?? "", home: join(root, "no-home") },
      tokenOf: (host) => Promise.resolve(tokens[host]),
      now: () => Date.now(),
    }),
    pullRequestTemplates: {
      feature: await template("pull-request.md"),
      mission: await template("mission-pull-request.md"),
    },
    settleMs: 1,
  });
  const work = async (featureId: string, files: Record<string, string>) => {
    const workspace = await mission.prepare(featureId);
    await writeFiles(mission.place(workspace).tree, files);
    return (await mission.commit(featureId, workspace)).commit;
  };
  const open = (featureId: string, commit: string, more: object = {}) =>
    act(activities.openPullRequest, { feature: ref(featureId), commit, at: AT, ...more });
  const settle = (featureId: string, id: string, commit: string, head: string) =>
    act(activities.settlePullRequest, { feature: ref(featureId), id, commit, head });
  const read = (featureId: string, id: string, commit: string) =>
    act(activities.readPullRequest, { feature: ref(featureId), id, commit });
  const openMission = () =>
    act(activities.openMissionPullRequest, {
      missionId: mission.missionId,
      generation: 1,
      planHash: mission.planHash,
    });
  const abandon = () =>
    act(activities.abandonPullRequests, {
      missionId: mission.missionId,
      generation: 1,
      planHash: mission.planHash,
    });
  return { ...mission, work, open, settle, read, openMission, abandon };
}
