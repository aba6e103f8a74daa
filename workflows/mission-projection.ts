/** What the outside sees of a mission: mission.md, search attributes, details in the Web UI, announcements. */
import { echoInstant } from "../domain/deadline-echo.js";
import { condition, setCurrentDetails, upsertSearchAttributes } from "@temporalio/workflow";
import { SEARCH } from "./search-attributes.js";
import { announcements, files } from "./effects.js";
import type { MissionFileInput } from "../domain/work.js";
import { deadlineOf, snapshotOf, statusOf } from "./mission-state.js";
import type { Mission } from "./mission-work.js";

/** At most one write of mission.md in flight; what arrives meanwhile is merged into the next. */
export function startProjection(mission: Mission, homeQueue: string): () => Promise<void> {
  let stopping = false;
  let lastAttributes = "";
  const loop = async () => {
    for (;;) {
      await condition(() => mission.isDirty() || stopping);
      if (!mission.takeDirty()) return;
      showInWebUi(mission);
      lastAttributes = upsertWhenChanged(mission, lastAttributes);
      for (const announcement of mission.takeAnnouncements()) {
        announcements(homeQueue)
          .announce(announcement)
          .catch(() => undefined);
      }
      const { writeMissionFile } = files(homeQueue, "write mission.md");
      try {
        const input = fileInput(mission);
        const written = await writeMissionFile(input);
        if (input.commit !== undefined) noteUnpublished(mission, written.unpublished);
      } catch {
        // Not retryable (the record is gone): the mission goes on, its projection is lost and doctor says so.
      }
    }
  };
  const ended = loop();
  return async () => {
    stopping = true;
    await ended;
  };
}

/** Once for each reason. */
function noteUnpublished(mission: Mission, why: string | undefined): void {
  const { state } = mission;
  const isNews = why !== undefined && why !== state.unpublished;
  if (why === undefined) delete state.unpublished;
  else state.unpublished = why;
  if (isNews)
    mission.story(
      "progress",
      `Your repository lacks what is integrated last: ${why}`.slice(0, 480),
    );
  if (why !== undefined && state.result !== undefined && !state.result.includes("not published"))
    state.result += `; not published in your repository: ${why}`;
}

function fileInput(mission: Mission): MissionFileInput {
  const { input, state } = mission;
  const { features, story, commit } = mission.takeUnwritten();
  return {
    missionId: input.missionId,
    generation: input.generation,
    planHash: state.planHash,
    mode: state.mode ?? input.mode,
    status: statusOf(state),
    milestones: state.milestones,
    features: [...features.values()],
    budget: state.budget,
    story,
    gates: state.gates,
    ...(state.startedAt === undefined ? {} : { startedAt: state.startedAt }),
    ...(state.endedAt === undefined ? {} : { completedAt: state.endedAt }),
    ...(state.result === undefined ? {} : { result: state.result }),
    deadline: deadlineOf(input, state)?.at ?? "",
    ...(commit === undefined ? {} : { commit }),
  };
}

/** On a change of status or a step of 5 %; each upsert is an event. */
function upsertWhenChanged({ input, state }: Mission, last: string): string {
  const { featuresDone, featuresTotal } = snapshotOf(input, state);
  const status = statusOf(state);
  const step = (part: number, whole: number) => (whole === 0 ? 0 : Math.floor((part * 20) / whole));
  const { usedPct, spent } = state.budget;
  const now = `${status}/${step(usedPct, 100)}/${step(featuresDone, featuresTotal)}`;
  if (now === last) return last;
  upsertSearchAttributes([
    { key: SEARCH.status, value: status },
    { key: SEARCH.budgetUsedPct, value: usedPct },
    { key: SEARCH.featuresDone, value: featuresDone },
    { key: SEARCH.featuresTotal, value: featuresTotal },
    { key: SEARCH.spendUsd, value: spent.microUsd / 1_000_000 },
  ]);
  return now;
}

function showInWebUi({ input, state }: Mission): void {
  const { budget, gates, milestones } = state;
  const rows = milestones.map(
    ({ id, title, status, featuresDone, featuresTotal }) =>
      `| ${id} | ${title.replaceAll("|", "/").slice(0, 60)} | ${status} | ${featuresDone}/${featuresTotal} |`,
  );
  const deadline = deadlineOf(input, state);
  const until = deadline === undefined ? "" : ` Until ${echoInstant(deadline)}.`;
  const waits = gates.map(({ id, question }) => `- **${id}**: ${question}`);
  setCurrentDetails(
    [
      `**${statusOf(state)}**, ${budget.usedPct} % of the budget used (${budget.tightest})`,
      ...(waits.length === 0 ? [] : ["", "Waits for you:", ...waits]),
      "",
      "| # | milestone | status | features |",
      "|---|---|---|---|",
      ...rows,
      "",
      `Spent ${(budget.spent.microUsd / 1e6).toFixed(4)} of ${(budget.caps.microUsd / 1e6).toFixed(2)} USD, ${budget.spent.tokens} of ${budget.caps.tokens} tokens.${until}`,
      `Mission ${input.missionId}, generation ${input.generation}.`,
    ]
      .join("\n")
      .slice(0, 18_000),
  );
}
