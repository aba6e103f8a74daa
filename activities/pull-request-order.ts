/** What a pull request says, gathered from plan, evidence and repository. */
import type { ServerKind } from "../domain/forge-place.js";
import type { PullRequestInput } from "../domain/shipping-work.js";
import type { FeatureRef } from "../domain/work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { type FeatureEvent, readFeatureEvents } from "../store/feature-record.js";
import { type Git, gitAnswer, refPart } from "../store/git.js";
import type { MissionRecord } from "../store/mission-record.js";
import { branchHead, type EngineRepository, relate } from "./adapters/engine-repository.js";
import { readPlanFeature, readStoredPlan } from "./plan.js";
import type { PullRequestOrder } from "./forge-ports.js";
import type { BlobPort } from "./ports.js";
import { pullRequestBody, pullRequestTitle, type PullRequestValues } from "./pull-request-text.js";

export interface OrderDependencies {
  paths: EnginePaths;
  git: Git;
  blobs: BlobPort;
  scrub: (text: string) => string;
  pullRequestTemplates: { feature: string; mission: string };
}

interface Branches {
  head: string;
  base: string;
}

const FILES_SHOWN = 60;
const FEATURES_LISTED = 200;
/** Where each forge, and what often runs beside it, looks for what to run. */
const CI_PLACES: Record<ServerKind | "any", readonly string[]> = {
  github: [".github/workflows/"],
  gitea: [".gitea/workflows/", ".forgejo/workflows/", ".github/workflows/"],
  gitlab: [".gitlab-ci.yml"],
  any: [
    ".circleci/",
    ".buildkite/",
    ".woodpecker/",
    ".woodpecker.yml",
    ".drone.yml",
    ".travis.yml",
    "azure-pipelines.yml",
    "Jenkinsfile",
  ],
};

/** True where the commit holds what makes a forge's CI run, though nothing may have begun yet. */
export async function expectsCi(git: Git, gitDir: string, commit: string, kind: ServerKind) {
  const places = [...CI_PLACES[kind], ...CI_PLACES.any];
  const found = await gitAnswer(git, gitDir, ["ls-tree", "--name-only", commit, "--", ...places]);
  return found !== undefined && found !== "";
}

export async function featureOrder(
  deps: OrderDependencies,
  record: MissionRecord,
  repository: EngineRepository,
  input: PullRequestInput,
  { head, base }: Branches,
): Promise<PullRequestOrder> {
  const { feature, commit, checks, review, reviewSummary } = input;
  const { planHash, milestoneId, featureId } = feature;
  const plan = await readPlanFeature(deps.blobs, planHash, milestoneId, featureId);
  const read = async (sha256: string | undefined) =>
    sha256 === undefined ? undefined : Buffer.from(await deps.blobs.get(sha256)).toString("utf8");
  const values: PullRequestValues = {
    missionId: record.missionId,
    title: plan.title,
    featureId,
    checks: plan.checks,
    evidence: await read(checks?.sha256),
    evidenceHash: checks?.sha256,
    reviewSummary,
    findings: await read(review?.sha256),
    diffstat: await diffstat(deps.git, repository, base, commit),
    commit,
    branch: head,
    base,
  };
  const clean = cleaner(deps);
  const body = clean(pullRequestBody(deps.pullRequestTemplates.feature, values));
  const file = refPart(featureId);
  return { head, base, title: clean(pullRequestTitle(values)), body, commit, file };
}

/** @returns undefined where nothing was merged. */
export async function missionOrder(
  deps: OrderDependencies,
  record: MissionRecord,
  repository: EngineRepository,
  planHash: string,
  { head, base }: Branches,
): Promise<PullRequestOrder | undefined> {
  const plan = await readStoredPlan(deps.blobs, planHash);
  const all = plan.milestones.flatMap(({ id, features }) =>
    features.map((feature) => ({ milestoneId: id, feature })),
  );
  const features: NonNullable<PullRequestValues["features"]>[number][] = [];
  for (const { milestoneId, feature } of all) {
    const { id, title, repository: other } = feature;
    if (other !== undefined) continue;
    const at = { missionId: record.missionId, milestoneId, featureId: id };
    const { pullRequest, merged } = await featureStory(deps.paths, at, record.generation);
    if (merged) features.push({ id, title, pullRequest });
  }
  if (features.length === 0) return undefined;
  const commit = await branchHead(deps.git, repository);
  const values: PullRequestValues = {
    missionId: record.missionId,
    title: record.title,
    checks: [],
    diffstat: await diffstat(deps.git, repository, record.forge?.startCommit ?? commit, commit),
    commit,
    branch: head,
    base,
    features: features.slice(0, FEATURES_LISTED),
  };
  const clean = cleaner(deps);
  const body = clean(pullRequestBody(deps.pullRequestTemplates.mission, values));
  return { head, base, title: clean(pullRequestTitle(values)), body, commit, file: "mission" };
}

/** Where a feature's pull request is, and whether the feature was merged, by its events on this host. */
export async function featureStory(
  paths: EnginePaths,
  { missionId, featureId }: Pick<FeatureRef, "missionId" | "featureId">,
  generation: number,
): Promise<{ pullRequest?: string; merged: boolean }> {
  const events = await readFeatureEvents(paths.features, missionId, featureId);
  const last = events.findLast(
    (event): event is Extract<FeatureEvent, { kind: "pull-request" }> =>
      event.kind === "pull-request",
  );
  const merged = events.some(
    ({ kind, key }) => kind === "integrated" && key.startsWith(`integrated/${generation}/`),
  );
  return { merged, ...(last === undefined ? {} : { pullRequest: last.where }) };
}

/** Evidence may name folders of this machine, which nobody else needs to know. */
function cleaner({ scrub, paths }: OrderDependencies): (text: string) => string {
  return (text) => scrub(text).replaceAll(`${paths.workspaces}/`, "").replaceAll(paths.root, "...");
}

async function diffstat(git: Git, { gitDir, ref }: EngineRepository, from: string, to: string) {
  const base = /^[0-9a-f]{40,64}$/.test(from) ? from : (await relate(git, gitDir, ref, to)).base;
  if (base === undefined) return "";
  const how = ["--no-ext-diff", "--no-textconv", "--no-renames", "--stat=100,70"];
  return git(gitDir, ["diff", ...how, `--stat-count=${FILES_SHOWN}`, base, to, "--"]);
}
