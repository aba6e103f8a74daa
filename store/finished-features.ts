/**
 * What finished features of this host's missions really took, from their records, stored plans, journals and feature events.
 * What is damaged or missing is left out, never guessed and never fatal.
 */
import type { FinishedFeature, TokenMix } from "../domain/estimates/estimate.js";
import { sizeOf } from "../domain/estimates/size-of.js";
import type { Caps, Tier } from "../domain/mission.js";
import type { Plan, PlanFeature } from "../domain/plan.js";
import { getBlob } from "./blobs.js";
import type { EnginePaths } from "./engine-paths.js";
import { readFeatureEvents, type FeatureEvent } from "./feature-record.js";
import { journalPath, listJournals, readJournal, type JournalEntry } from "./journal.js";
import { listMissionRecords, readMissionRecord, type MissionRecord } from "./mission-record.js";

/** Longest gap between two entries of one slice that still is work: a call and a command take at most ten minutes each. */
const LONGEST_WORK_MS = 1_800_000;

/** Of all missions, oldest first; those with canned replies teach nothing. */
export async function readFinishedFeatures(paths: EnginePaths): Promise<FinishedFeature[]> {
  const found: FinishedFeature[] = [];
  for (const missionId of await listMissionRecords(paths.state)) {
    const record = await readMissionRecord(paths.state, missionId).catch(() => undefined);
    if (record === undefined || record.demo === true) continue;
    const used = await readUsedFeatures(paths, record).catch(() => []);
    found.push(...used.flatMap(({ finished }) => (finished === undefined ? [] : [finished])));
  }
  return found.sort((a, b) => a.endedAt.localeCompare(b.endedAt));
}

export interface UsedFeature {
  featureId: string;
  /** `done`, or as far as this host knows. */
  status: string;
  used: Caps;
  /** Set when it ended done and some model worked on it. */
  finished?: FinishedFeature;
}

/** Every feature of a mission's plan. @throws when the plan is not on this host or is damaged. */
export async function readUsedFeatures(
  paths: EnginePaths,
  record: MissionRecord,
): Promise<UsedFeature[]> {
  const { missionId } = record;
  const plan = JSON.parse((await getBlob(paths.blobs, record.planHash)).toString("utf8")) as Plan;
  const slices = (await listJournals(paths.journals, missionId)).map((key) => ({
    key,
    featureId: key.split("/")[2],
  }));
  const features: UsedFeature[] = [];
  for (const feature of plan.milestones.flatMap((milestone) => milestone.features)) {
    const events = await readFeatureEvents(paths.features, missionId, feature.id).catch(() => []);
    const journals = await Promise.all(
      slices
        .filter(({ featureId }) => featureId === feature.id)
        .map(({ key }) => readSlice(paths.journals, missionId, key)),
    );
    features.push(usedBy(record, plan, feature, journals, events));
  }
  return features;
}

interface SliceAccount {
  key: string;
  entries: JournalEntry[];
}

const readSlice = async (journals: string, missionId: string, key: string) => {
  const entries = await readJournal(journalPath(journals, missionId, key)).catch(() => undefined);
  return { key, entries: (entries ?? []).filter((entry) => isTime(entry.at)) };
};

const isTime = (at: unknown) => typeof at === "string" && !Number.isNaN(Date.parse(at));

function usedBy(
  record: MissionRecord,
  plan: Plan,
  feature: PlanFeature,
  journals: readonly SliceAccount[],
  events: readonly FeatureEvent[],
): UsedFeature {
  const status = statusOf(record, feature.id, events);
  const bill = billOf(journals.flatMap(({ entries }) => entries));
  const moments = momentsOf(journals, events);
  const activeMs = activeMsOf(moments);
  const { tokens, microUsd, model } = bill;
  const total = tokens.input + tokens.cacheRead + tokens.output;
  const used = { microUsd, tokens: total, activeMs };
  const last = moments.at(-1);
  const { id, title, kind, brief = "" } = feature;
  if (status !== "done" || !(total > 0) || model === undefined || last === undefined) {
    return { featureId: id, status, used };
  }
  return {
    featureId: id,
    status,
    used,
    finished: {
      missionId: record.missionId,
      featureId: id,
      title,
      kind,
      size: feature.size ?? sizeOf(`${title}\n${brief}`).size,
      tier: tierOf(plan, feature, model),
      model,
      tokens,
      microUsd,
      activeMs,
      endedAt: new Date(last.ms).toISOString(),
    },
  };
}

/** The last that was written into mission.md; without a row there, a merge or a passed check after the agent's end tells. */
function statusOf(record: MissionRecord, id: string, events: readonly FeatureEvent[]): string {
  const written = record.projected?.[`feature ${id} status`];
  if (written !== undefined) return written;
  if (events.some(({ kind }) => kind === "integrated")) return "done";
  if (record.workspace !== "folder") return "pending";
  const last = events.findLast(({ kind }) => kind === "attempt" || kind === "checks");
  return last?.kind === "checks" && last.passed ? "done" : "pending";
}

/** Calls by class. One without usage was charged at its worst case, which counts as input: the next one may be charged so too. */
function billOf(entries: readonly JournalEntry[]) {
  const calls = new Map<string, { model: string; tokens: TokenMix; microUsd: number }>();
  for (const entry of entries) {
    if (entry.state === "open") {
      const { model, worst } = entry;
      calls.set(entry.call, { model, tokens: asInput(worst.tokens), microUsd: worst.microUsd });
    }
    const call = entry.state === "closed" ? calls.get(entry.call) : undefined;
    if (entry.state !== "closed" || call === undefined) continue;
    const { input, cacheRead, output } = entry.tokens;
    const mix = { input: Math.max(0, input - cacheRead), cacheRead, output };
    call.tokens = entry.worstCase === true ? asInput(entry.cost.tokens) : mix;
    call.microUsd = entry.cost.microUsd;
  }
  const tokens = { input: 0, cacheRead: 0, output: 0 };
  const count = new Map<string, number>();
  let microUsd = 0;
  for (const call of calls.values()) {
    tokens.input += call.tokens.input;
    tokens.cacheRead += call.tokens.cacheRead;
    tokens.output += call.tokens.output;
    microUsd += call.microUsd;
    count.set(call.model, (count.get(call.model) ?? 0) + 1);
  }
  const [most] = [...count].sort(([, a], [, b]) => b - a);
  return { tokens, microUsd, model: most?.[0] };
}

const asInput = (tokens: number): TokenMix => ({ input: tokens, cacheRead: 0, output: 0 });

interface Moment {
  ms: number;
  /** Between two moments of different slices the feature waited for budget or for a person. */
  slice: string;
}

/** When something happened: journal entries, ends of attempts, and ends of the checks that followed. */
function momentsOf(journals: readonly SliceAccount[], events: readonly FeatureEvent[]): Moment[] {
  const written = journals.flatMap(({ key, entries }) =>
    entries.map(({ at }) => ({ ms: Date.parse(at), slice: key })),
  );
  const attempts = events
    .filter(({ kind, at }) => kind === "attempt" && isTime(at))
    // `attempt/<generation>/<m>/<f>/<n>/<activity>/<attempt>`
    .map(({ key, at }) => ({ ms: Date.parse(at), slice: key.split("/").slice(1, 5).join("/") }));
  const moments = [...written, ...attempts].sort((a, b) => a.ms - b.ms);
  for (const { kind, at } of events) {
    if (kind !== "checks" || !isTime(at)) continue;
    const ms = Date.parse(at);
    const before = moments.findLast((moment) => moment.ms <= ms);
    if (before !== undefined) moments.push({ ms, slice: before.slice });
    moments.sort((a, b) => a.ms - b.ms);
  }
  return moments;
}

/** Time between moments of one slice; a longer gap was a sleep of the host or a lost worker. */
function activeMsOf(moments: readonly Moment[]): number {
  return moments.reduce((sum, { ms, slice }, at) => {
    const before = moments[at - 1];
    const gap = before?.slice === slice ? ms - before.ms : 0;
    return sum + (gap <= LONGEST_WORK_MS ? gap : 0);
  }, 0);
}

/** What the plan says; where the budget chose a cheaper model, the tier that has this model. */
function tierOf({ model_routing }: Plan, feature: PlanFeature, model: string): Tier {
  const tiers = Object.entries(model_routing.tiers ?? {}) as [Tier, string | undefined][];
  const named = tiers.find(([, name]) => name === model)?.[0];
  return named ?? feature.tier ?? "standard";
}
