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
import { gateAnswers, gateLines } from "../gate-commands.js";
import { describeCheck, findFeature, readMissionPlan } from "../mission-plan.js";
import { cleanLine, cleanText } from "../terminal/clean.js";
import { labelled } from "../terminal/labelled.js";
import { whyMilestone } from "./why-milestone.js";

/** Why a feature or milestone is as it is: goal, checks, plan line, attempts, decisions, commit, evidence, cost. Reads files only. */
export async function runWhy(context: Context, typed: string[]) {
  const { output, paths } = context;
  const { record, others } = await findRecord(context, typed, { names: ["feature or milestone"] });
  const { missionId, projected = {}, gates = [] } = record;
  const plan = await readMissionPlan(paths, record);
  const whole = plan.milestones.find(({ id }) => id === others[0]);
  if (whole !== undefined) return whyMilestone(context, record, whole);
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
  // Of the last look alone: it takes the place of an earlier one's report.
  const pages = (events.filter((event) => event.kind === "look").at(-1)?.files ?? [])
    .filter((path) => path.endsWith("/index.html"))
    .map((path) => cleanLine(join(record.folder, path)));
  const status = projected[`feature ${feature.id} status`] ?? "pending";
  const waits = gates
    .filter(({ featureId }) => featureId === feature.id)
    .map((gate) => ({ ...gate, answers: gateAnswers(missionId, gate) }));
  const document = {
    missionId,
    goal: plan.goal,
    milestone: { id: milestone.id, title: milestone.title },
    feature,
    status,
    events,
    decisions,
    recovery,
    commit: commit?.commit,
    files: commit?.files ?? [],
    evidence,
    ...(pages.length === 0 ? {} : { pages }),
    waits,
    cost: { calls: cost.calls, tokens: cost.tokens, microUsd: cost.costMicroUsd },
  };
  const of = milestone.features.length;
  output.answer(document, [
    output.style.bold(`${feature.id} ${cleanLine(feature.title)}`),
    "",
    `Status      ${status}`,
    `Goal        ${cleanLine(plan.goal)}`,
    `Plan        feature ${position} of ${of} in milestone ${milestone.id} "${cleanLine(milestone.title)}", plan ${record.planHash.slice(0, 12)}`,
    `            ${feature.kind} by ${feature.agent}${feature.dependsOn.length > 0 ? `, after ${feature.dependsOn.join(", ")}` : ""}${feature.touches.length > 0 ? `, touches ${feature.touches.map(cleanLine).join(", ")}` : ""}`,
    ...labelled(
      "Brief",
      cleanText(feature.brief ?? "")
        .split("\n")
        .filter((line) => line.trim() !== ""),
    ),
    ...labelled("Commands", (feature.commands ?? []).map(cleanLine)),
    ...labelled(
      "Checks",
      feature.checks.map(
        (check) => `${check.id} ${cleanLine(check.sentence)} (${cleanLine(describeCheck(check))})`,
      ),
    ),
    ...labelled(
      "History",
      events.length === 0 ? ["not started on this host"] : events.map((event) => eventLine(event)),
    ),
    ...labelled("Decisions", decisions.map(cleanLine)),
    ...labelled("Recovery", recovery.map(cleanLine)),
    ...labelled(
      "Commit",
      commit === undefined ? ["none yet"] : [commit.commit || "nothing changed", ...commit.files],
    ),
    ...labelled("Pages", pages),
    ...labelled(
      "Evidence",
      evidence.map(
        ({ what, sha256 }) => `${what}: ${join(paths.blobs, sha256.slice(0, 2), sha256)}`,
      ),
    ),
    ...labelled("Cost", [
      `${cost.calls} calls, ${formatTokens(cost.tokens)} tokens, ${formatUsd(cost.costMicroUsd)}`,
    ]),
    ...labelled(
      "Waits",
      waits.flatMap((gate) => gateLines(missionId, gate)),
    ),
  ]);
  return EXIT.ok;
}

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
