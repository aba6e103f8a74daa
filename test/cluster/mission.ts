/** What a mission left behind: its status as told, commits on its branch, the guard's account, open workflows. */
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "@temporalio/client";
import { guardWorkflowId } from "../../domain/ids.js";
import type { BudgetTotals, MissionSnapshot } from "../../domain/mission.js";
import { budgetQuery } from "../../workflows/messages.js";
import { mustRun } from "./run-program.js";
import { missions } from "./workers.js";

const MISSION_MS = 10 * 60_000;
const CLOSED_MS = 60_000;

export type Status = MissionSnapshot & { repo?: string; branch?: string };

export const statusOf = (missionId: string, variables: Record<string, string>) =>
  missions(["status", missionId], variables) as Promise<Status>;

/** @throws when it does not come in time, or the mission waits for a person. */
export async function waitForStatus(
  missionId: string,
  variables: Record<string, string>,
  holds: (status: Status) => boolean,
  say: (line: string) => void,
): Promise<Status> {
  let told = "";
  const end = Date.now() + MISSION_MS;
  for (;;) {
    const status = await statusOf(missionId, variables);
    // The record alone: a query is still on its way to a worker that was killed.
    if ((status as Partial<Status>).gates === undefined && Date.now() <= end) {
      await delay(500);
      continue;
    }
    const line = `${status.status}: ${status.featuresDone} of ${status.featuresTotal} features done`;
    if (line !== told) say((told = line));
    if (holds(status)) return status;
    const [gate] = status.gates;
    if (gate !== undefined) throw new Error(`the mission waits for a person: ${gate.question}`);
    if (Date.now() > end) throw new Error(`it did not come within ${MISSION_MS} ms: ${line}`);
    await delay(500);
  }
}

/** Ids of features as the commits of a branch name them, in order; a feature with two commits is there twice. */
export async function completedFeatures(
  repo: string,
  branch: string,
  path: string,
): Promise<string[]> {
  const trailer = "%(trailers:key=Completes-feature,valueonly)";
  const log = await mustRun(
    ["git", "-C", repo, "log", "--reverse", `--format=${trailer}`, branch],
    {
      env: { PATH: path, HOME: repo, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
    },
  );
  return log.split("\n").filter(Boolean);
}

export const guardTotals = (client: Client, missionId: string): Promise<BudgetTotals> =>
  client.workflow.getHandle(guardWorkflowId(missionId)).query(budgetQuery);

/** The server's visibility store follows some moments behind. @throws when a workflow of the mission stays open. */
export async function waitUntilClosed(client: Client, missionId: string): Promise<void> {
  const query = `MissionId = "${missionId}" OR WorkflowId STARTS_WITH "mission/${missionId}"`;
  const end = Date.now() + CLOSED_MS;
  for (;;) {
    const listed: { id: string; state: string }[] = [];
    for await (const { workflowId, status } of client.workflow.list({ query })) {
      listed.push({ id: workflowId, state: status.name });
    }
    const open = listed.filter(({ state }) => state === "RUNNING").map(({ id }) => id);
    if (listed.length > 0 && open.length === 0) return;
    if (Date.now() > end) throw new Error(`of ${listed.length} are open: ${open.join(", ")}`);
    await delay(500);
  }
}
