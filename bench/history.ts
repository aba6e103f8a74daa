/** Events and bytes of a mission: a fixed part for mission and milestone, and what each further feature adds. */
import { featureWorkflowId, guardWorkflowId } from "../domain/ids.js";
import { milestoneWorkflowId, missionWorkflowId } from "../domain/ids.js";
import type { Benchmark } from "./benchmark.js";
import { drawMs, idleActivities, realActivities } from "./activities.js";
import type { Engine } from "./engine.js";
import { round } from "./figures.js";
import { add, countHistories, type Counted } from "./histories.js";
import { aPlan, makeBenchMission, timeMission } from "./missions.js";
import { printTable, progress, say } from "./print.js";
import { withWorkers } from "./workers.js";

const sizes = { small: 100, middle: 400, large: 1_000, window: 20, leastMs: 100, mostMs: 1_000 };
type HistorySizes = typeof sizes;

const PARTS = ["mission", "guard", "milestone", "feature"] as const;
type Part = (typeof PARTS)[number];
type Counts = Record<Part, Counted>;

export const bench: Benchmark<HistorySizes> = {
  about: "events and bytes of all workflows of a mission, by feature, milestone and mission",
  full: sizes,
  quick: { ...sizes, small: 10, middle: 20, large: 40, leastMs: 10, mostMs: 100 },
  async run(engine, sizes) {
    const real = await realActivities(engine);
    const { leastMs, mostMs } = sizes;
    const idle = idleActivities(real.queue, (step, { featureId }) =>
      drawMs(`${featureId}/${step}`, leastMs, mostMs),
    );
    try {
      return await withWorkers(
        engine,
        { ...real, activities: { ...real.activities, ...idle } },
        () => measure(engine, sizes),
      );
    } finally {
      real.stop();
    }
  },
};

async function measure(engine: Engine, { small, middle, large, window }: HistorySizes) {
  const count = async (milestones: number, features: number) => {
    const counts = await countMission(engine, milestones, features, window);
    progress(`${milestones} x ${features}: ${total(counts).events} events`);
    return counts;
  };
  const one = await count(1, small);
  const two = await count(2, small / 2);
  const mid = await count(1, middle);
  const most = await count(1, large);

  const figures = (of: "events" | "bytes") => {
    const at = (counts: Counts) => total(counts)[of];
    const slope = (at(most) - at(one)) / (large - small);
    const milestone = at(two) - at(one);
    return {
      perFeature: round(slope, 1),
      perFeatureFirstPart: round((at(mid) - at(one)) / (middle - small), 1),
      perFeatureLastPart: round((at(most) - at(mid)) / (large - middle), 1),
      perMilestone: round(milestone),
      perMission: round(at(one) - small * slope - milestone),
    };
  };
  const events = figures("events");
  const bytes = figures("bytes");

  const slopeOf = (part: Part, of: "events" | "bytes") =>
    round((most[part][of] - one[part][of]) / (large - small), 1);
  const heads = [
    "workflow",
    `events, ${small}`,
    `events, ${large}`,
    "events/feature",
    "bytes/feature",
    "runs",
  ];
  printTable(
    heads,
    [...PARTS].map((part) => [
      part,
      one[part].events,
      most[part].events,
      slopeOf(part, "events"),
      slopeOf(part, "bytes"),
      most[part].runs,
    ]),
  );
  printTable(
    [
      "",
      "per feature",
      `${small} to ${middle}`,
      `${middle} to ${large}`,
      "per milestone",
      "per mission",
    ],
    [
      ["events", ...Object.values(events)],
      ["bytes", ...Object.values(bytes)],
    ],
  );
  say("Events for each feature, by workflow and type:");
  printTable(["event", "per feature"], typesOf(one, most, large - small));
  const parts = Object.fromEntries(PARTS.map((part) => [part, slopeOf(part, "events")]));
  return { slope: events.perFeature, events, bytes, eventsPerFeatureByWorkflow: parts };
}

async function countMission(
  engine: Engine,
  milestones: number,
  features: number,
  window: number,
): Promise<Counts> {
  const plan = aPlan(milestones, features);
  const input = await makeBenchMission(engine, plan, { window });
  await timeMission(engine, input);
  const { missionId } = input;
  const ids: Record<Part, string[]> = {
    mission: [missionWorkflowId(missionId)],
    guard: [guardWorkflowId(missionId)],
    milestone: plan.milestones.map(({ id }) => milestoneWorkflowId(missionId, id)),
    feature: plan.milestones.flatMap((milestone) =>
      milestone.features.map(({ id }) => featureWorkflowId(missionId, milestone.id, id)),
    ),
  };
  const counts = await Promise.all(
    PARTS.map(async (part) => [part, await countHistories(engine.client, ids[part])] as const),
  );
  return Object.fromEntries(counts) as Counts;
}

function total(counts: Counts): Counted {
  const all: Counted = { events: 0, bytes: 0, runs: 0, types: {} };
  for (const part of PARTS) add(all, counts[part]);
  return all;
}

/** The kinds of event that make up the slope, most first; what is below a twentieth of an event is left out. */
function typesOf(few: Counts, many: Counts, features: number): [string, number][] {
  return PARTS.flatMap((part) =>
    Object.entries(many[part].types).map(([type, events]): [string, number] => [
      `${part} ${type}`,
      round((events - (few[part].types[type] ?? 0)) / features, 2),
    ]),
  )
    .filter(([, slope]) => slope >= 0.05)
    .sort(([, a], [, b]) => b - a);
}
