import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { formatTokens, formatUsd } from "../../domain/money.js";
import type { StoryLine } from "../../domain/mission.js";
import { EXIT } from "../../domain/problem.js";
import { readFeatureEvents } from "../../store/feature-record.js";
import { readStory } from "../../store/mission-story.js";
import { totalOf } from "../account/groups.js";
import { readPaidCalls } from "../account/paid-calls.js";
import type { Context } from "../context.js";
import { eventLine, evidenceOf } from "../feature-events.js";
import { findRecord } from "../find-mission.js";
import { describeCheck, findFeature, readMissionPlan } from "../mission-plan.js";
import { cleanLine, cleanText } from "../terminal/clean.js";

/** Why a feature is as it is: goal, checks, plan line, attempts, decisions, commit, evidence, cost. Reads files only. */
export async function runWhy(context: Context, typed: string[]) {
  const { output, paths } = context;
  const { record, others } = await findRecord(context, typed, { names: ["feature"] });
  const { missionId } = record;
  const plan = await readMissionPlan(paths, record);
  const { milestone, feature, position } = findFeature(plan, missionId, others[0] ?? "");
  const events = await readFeatureEvents(paths.features, missionId, feature.id);
  const calls = (await readPaidCalls(paths.journals, missionId)).filter(
    ({ featureId }) => featureId === feature.id,
  );
  const cost = totalOf(calls);
  const told = await linesAbout(record.folder, feature.id);
  const saidAs = (kind: StoryLine["kind"]) =>
    told.filter((line) => line.kind === kind).map(({ text }) => text);
  const decisions = saidAs("decision");
  const recovery = saidAs("recovery");
  const commit = events.filter((event) => event.kind === "commit").at(-1);
  const evidence = events.flatMap(evidenceOf);
  const document = {
    missionId,
    goal: plan.goal,
    milestone: { id: milestone.id, title: milestone.title },
    feature,
    events,
    decisions,
    recovery,
    commit: commit?.commit,
    files: commit?.files ?? [],
    evidence,
    cost: { calls: cost.calls, tokens: cost.tokens, microUsd: cost.costMicroUsd },
  };
  const of = milestone.features.length;
  output.answer(document, [
    output.style.bold(`${feature.id} ${cleanLine(feature.title)}`),
    "",
    `Goal        ${cleanLine(plan.goal)}`,
    `Plan        feature ${position} of ${of} in milestone ${milestone.id} "${cleanLine(milestone.title)}", plan ${record.planHash.slice(0, 12)}`,
    `            ${feature.kind} by ${feature.agent}${feature.dependsOn.length > 0 ? `, after ${feature.dependsOn.join(", ")}` : ""}${feature.touches.length > 0 ? `, touches ${feature.touches.map(cleanLine).join(", ")}` : ""}`,
    ...indent(
      "Brief",
      cleanText(feature.brief ?? "")
        .split("\n")
        .filter((line) => line.trim() !== ""),
    ),
    ...indent("Commands", (feature.commands ?? []).map(cleanLine)),
    ...indent(
      "Checks",
      feature.checks.map(
        (check) => `${check.id} ${cleanLine(check.sentence)} (${cleanLine(describeCheck(check))})`,
      ),
    ),
    ...indent(
      "History",
      events.length === 0 ? ["not started on this host"] : events.map((event) => eventLine(event)),
    ),
    ...indent("Decisions", decisions.map(cleanLine)),
    ...indent("Recovery", recovery.map(cleanLine)),
    ...indent(
      "Commit",
      commit === undefined ? ["none yet"] : [commit.commit || "nothing changed", ...commit.files],
    ),
    ...indent(
      "Evidence",
      evidence.map(
        ({ what, sha256 }) => `${what}: ${join(paths.blobs, sha256.slice(0, 2), sha256)}`,
      ),
    ),
    ...indent("Cost", [
      `${cost.calls} calls, ${formatTokens(cost.tokens)} tokens, ${formatUsd(cost.costMicroUsd)}`,
    ]),
  ]);
  return EXIT.ok;
}

const indent = (name: string, lines: string[]) =>
  lines.map((line, at) => `${(at === 0 ? name : "").padEnd(12)}${line}`);

/** Decisions and recoveries in mission.md that name the feature. */
async function linesAbout(
  folder: string,
  featureId: string,
): Promise<Pick<StoryLine, "kind" | "text">[]> {
  const text = await readFile(join(folder, "mission.md"), "utf8").catch(() => "");
  const id = featureId.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const named = new RegExp(`(?<![\\w.-])${id}(?![\\w-]|\\.\\w)`);
  return readStory(text)
    .filter((line) => line.kind !== "progress" && named.test(line.text))
    .map(({ at, kind, text: said, by }) => ({
      kind,
      text: `${at.slice(0, 16).replace("T", " ")} ${said}${by === undefined ? "" : ` (${by.who}, ${by.from})`}`,
    }));
}
