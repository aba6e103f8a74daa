/** What becomes of pull requests when their mission is cancelled: closed with a word, unless somebody else has touched them. */
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { featureBranch } from "../domain/ids.js";
import { Problem } from "../domain/problem.js";
import type { AbandonedPullRequests } from "../domain/shipping-work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { type FeatureEvent, readFeatureEvents } from "../store/feature-record.js";
import { refPart } from "../store/git.js";
import type { MissionRecord } from "../store/mission-record.js";
import type { ForgesPort, MissionForge, PullRequestOrder } from "./forge-ports.js";
import { isLong } from "./forge-talk.js";
import { readStoredPlan } from "./plan.js";
import type { BlobPort } from "./ports.js";

const NAMED = 10;
const REASON = 300;
const EVENTS = ".jsonl";

type Shown = Extract<FeatureEvent, { kind: "pull-request" }>;

/** Of a pull request as the engine wrote it; forges change ends of lines. */
export const textHash = ({ title, body }: Pick<PullRequestOrder, "title" | "body">): string =>
  createHash("sha256")
    .update(`${title.trim()}\n\n${body.replaceAll("\r\n", "\n").trim()}`)
    .digest("hex");

/** Safe to repeat: what is closed stays as it is, and counts again. @throws ForgeUnavailable where a forge may answer soon. */
export async function abandonPullRequests(
  deps: { paths: EnginePaths; blobs: BlobPort; forges: ForgesPort },
  record: MissionRecord,
  planHash: string,
  signal: AbortSignal,
): Promise<AbandonedPullRequests> {
  const { missionId } = record;
  const hasServer = record.forge !== undefined || record.otherForges !== undefined;
  const open = hasServer ? await neverMerged(deps.paths, missionId) : [];
  const repositories = open.length === 0 ? new Map() : await repositoriesOf(deps.blobs, planHash);
  const left: string[] = [];
  let closed = 0;
  let why: string | undefined;
  for (const [featureId, shown] of open) {
    try {
      const repository = repositories.get(featureId) as string | undefined;
      const forge = await deps.forges.open(record, repository, signal);
      const end = await abandon(forge, missionId, featureId, shown);
      if (end === "closed") closed += 1;
      if (end === "touched") left.push(shown.where);
    } catch (error) {
      if (!(error instanceof Problem) && !isLong(error)) throw error;
      why ??= error.message.slice(0, REASON);
      left.push(shown.where);
    }
  }
  const named = left.slice(0, NAMED).map((where) => where.slice(0, 120));
  return { closed, left: named, leftInAll: left.length, ...(why === undefined ? {} : { why }) };
}

/** The last pull request of each feature that never got onto the branch, also of features that the plan dropped. */
async function neverMerged(paths: EnginePaths, missionId: string): Promise<[string, Shown][]> {
  const names = await readdir(join(paths.features, missionId)).catch(() => []);
  const found: [string, Shown][] = [];
  for (const name of names.filter((each) => each.endsWith(EVENTS)).sort()) {
    const featureId = name.slice(0, -EVENTS.length);
    const events = await readFeatureEvents(paths.features, missionId, featureId);
    const last = events.findLast((event): event is Shown => event.kind === "pull-request");
    const merged = events.some(({ kind }) => kind === "integrated");
    if (last !== undefined && !merged) found.push([featureId, last]);
  }
  return found;
}

async function repositoriesOf(blobs: BlobPort, planHash: string) {
  const plan = await readStoredPlan(blobs, planHash);
  const features = plan.milestones.flatMap((milestone) => milestone.features);
  return new Map(features.map(({ id, repository }) => [id, repository]));
}

async function abandon(
  { port, place }: MissionForge,
  missionId: string,
  featureId: string,
  { id, commit, text }: Shown,
): Promise<"closed" | "touched" | "other"> {
  if (place === undefined) return "other";
  const head = featureBranch(missionId, refPart(featureId));
  const now = await port.traces(id);
  const key = `cancelled/${missionId}/${featureId}/${commit}`;
  // By us, in an earlier try whose count was lost.
  if (now.state === "closed" && now.head === head && now.keys.includes(key)) return "closed";
  // Closed or merged by somebody; or a number of another repository.
  if (now.state !== "open" || now.head !== head) return "other";
  const isAsWeLeftIt = now.commit === commit && (text === undefined || textHash(now) === text);
  if (!isAsWeLeftIt || now.comments > 0) return "touched";
  const said = `The mission was cancelled before this was merged, so it is closed. Branch \`${head}\` stays as it is.`;
  await port.comment(id, key, said);
  await port.close(id);
  return "closed";
}
