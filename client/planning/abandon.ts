/** Drops a mission that was planned and never started: ends its plannings, closes its account, says what it cost. */
import { WorkflowFailedError, type Client } from "@temporalio/client";
import { WorkflowNotFoundError } from "@temporalio/common";
import { guardWorkflowId, missionWorkflowId, planningWorkflowId } from "../../domain/ids.js";
import type { Amount, BudgetTotals } from "../../domain/mission.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { closeGuardSignal } from "../../workflows/messages.js";
import { asProblem } from "../server-errors.js";
import { missionIsOpen, runningPlannings } from "./run-planning.js";

/**
 * Contract: safe to repeat. @returns what all plannings cost; nothing where no model was asked.
 * @throws Problem notNow while the mission runs: its account is then its own.
 */
export async function abandonPlanning(client: Client, missionId: string): Promise<Amount> {
  try {
    if (await missionIsOpen(client, missionId)) {
      throw new Problem(
        EXIT.notNow,
        `Mission ${missionId} has started, so its planning cannot be dropped any more.`,
        `End the mission itself with: npx missions cancel ${missionId}`,
      );
    }
    for (const n of await runningPlannings(client, missionId)) {
      const planning = client.workflow.getHandle(planningWorkflowId(missionId, n));
      await planning.cancel();
      await planning.result().catch((error: unknown) => {
        if (!(error instanceof WorkflowFailedError)) throw error;
      });
    }
    return await closeGuard(client, missionId);
  } catch (error) {
    throw asProblem(error, missionId);
  }
}

async function closeGuard(client: Client, missionId: string): Promise<Amount> {
  const guard = client.workflow.getHandle(guardWorkflowId(missionId));
  try {
    const { status } = await guard.describe();
    if (status.name === "RUNNING") {
      await guard.signal(closeGuardSignal, { replyTo: missionWorkflowId(missionId) });
    }
    const { spent } = (await guard.result()) as BudgetTotals;
    return spent;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { microUsd: 0, tokens: 0 };
    throw error;
  }
}

/** An account is open under this id, and no mission ever was. */
export async function isOnlyPlanned(client: Client, missionId: string): Promise<boolean> {
  const isThere = async (workflowId: string, open: boolean) => {
    try {
      const { status } = await client.workflow.getHandle(workflowId).describe();
      return !open || status.name === "RUNNING";
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw asProblem(error, missionId);
    }
  };
  if (!(await isThere(guardWorkflowId(missionId), true))) return false;
  return !(await isThere(missionWorkflowId(missionId), false));
}
