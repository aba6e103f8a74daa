/** The client library: everything one can do to a mission from outside, as functions over a Temporal `Client`. */
import { randomUUID } from "node:crypto";
import type { Client } from "@temporalio/client";
import {
  defineSearchAttributeKey,
  SearchAttributeType,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from "@temporalio/common";
import { milestoneWorkflowId, missionWorkflowId, TASK_QUEUE } from "../domain/ids.js";
import type {
  Actor,
  BudgetTotals,
  FeatureView,
  Gate,
  MissionSnapshot,
  MissionStatus,
} from "../domain/mission.js";
import {
  budgetQuery,
  commandSignal,
  commandUpdate,
  featuresQuery,
  gatesQuery,
  snapshotQuery,
  type CommandName,
  type CommandReply,
  type Commands,
  type MissionInput,
  type MissionResult,
} from "../workflows/messages.js";
import { aboutMission, isUnanswered } from "./server-errors.js";

/** How long a query may take; a worker that is up answers in milliseconds. */
const QUERY_MS = 10_000;
/** How long a command waits for its answer before it is sent as a signal. */
const ANSWER_MS = 10_000;

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);
const MISSION_ID_KEY = keyword("MissionId");
const MISSION_STATUS_KEY = keyword("MissionStatus");
const MISSION_MODE_KEY = keyword("MissionMode");
const MISSION_KIND_KEY = keyword("MissionKind");

/** Starts a mission. Safe to repeat: a mission of that id is never started twice. @returns `started: false` when it was there. */
export async function startMission(
  client: Client,
  input: MissionInput,
  options: { taskQueue?: string } = {},
): Promise<{ missionId: string; started: boolean }> {
  const { missionId } = input;
  try {
    await aboutMission(missionId, () =>
      client.workflow.start("missionWorkflow", {
        workflowId: missionWorkflowId(missionId),
        taskQueue: options.taskQueue ?? TASK_QUEUE,
        args: [input],
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
        // The server takes 400 bytes; a title may have four per character.
        staticSummary: input.title.slice(0, 90),
        typedSearchAttributes: [
          { key: MISSION_ID_KEY, value: missionId },
          { key: MISSION_STATUS_KEY, value: firstStatus(input) },
          { key: MISSION_MODE_KEY, value: input.mode },
          { key: MISSION_KIND_KEY, value: "mission" },
        ],
      }),
    );
    return { missionId, started: true };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { missionId, started: false };
    throw error;
  }
}

const firstStatus = ({ approved, queued }: MissionInput): MissionStatus =>
  !approved ? "planning" : queued === true ? "queued" : "active";

export interface SendOptions {
  by: Actor;
  /** Gives a repeated call the same effect as one; made up when absent. */
  commandId?: string;
  /** ms; after this the command goes out as a signal. */
  waitMs?: number;
}

/** `confirmed: false`: sent as a signal, which arrives as soon as a worker is there. */
export interface CommandAnswer extends CommandReply {
  confirmed: boolean;
}

/**
 * Sends a command as an update and waits for the answer; unanswered, it is sent as the signal of the same name, which the
 * server keeps until a worker takes it. Both carry one command id, so the mission applies it once.
 * @throws Problem when the mission is unknown, has ended or refuses.
 */
export async function sendCommand<Name extends CommandName>(
  client: Client,
  missionId: string,
  name: Name,
  payload: Omit<Commands[Name], "commandId" | "by">,
  options: SendOptions,
): Promise<CommandAnswer> {
  const commandId = options.commandId ?? randomUUID();
  const args: [unknown] = [{ ...payload, commandId, by: options.by }];
  const handle = client.workflow.getHandle(missionWorkflowId(missionId));
  return aboutMission(missionId, async () => {
    try {
      const reply = await client.withDeadline(Date.now() + (options.waitMs ?? ANSWER_MS), () =>
        handle.executeUpdate(commandUpdate(name), { args, updateId: commandId }),
      );
      return { ...reply, confirmed: true };
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      await handle.signal(commandSignal(name), ...args);
      const message = `${name} was sent but is not yet confirmed: no worker answered; it applies as soon as one runs`;
      return { applied: false, confirmed: false, message };
    }
  });
}

/** The whole mission in under 100 kB; features that run, are blocked or changed last. */
export const snapshot = (client: Client, missionId: string): Promise<MissionSnapshot> =>
  query(client, missionId, (handle) => handle.query(snapshotQuery));

export const budget = (client: Client, missionId: string): Promise<BudgetTotals> =>
  query(client, missionId, (handle) => handle.query(budgetQuery));

/** What waits for a person. */
export const gates = (client: Client, missionId: string): Promise<Gate[]> =>
  query(client, missionId, (handle) => handle.query(gatesQuery));

/** A page of a milestone's features, with why each waits. */
export const features = (
  client: Client,
  missionId: string,
  milestoneId: string,
  offset = 0,
): Promise<FeatureView[]> =>
  aboutMission(missionId, () =>
    client.withDeadline(Date.now() + QUERY_MS, () =>
      client.workflow
        .getHandle(milestoneWorkflowId(missionId, milestoneId))
        .query(featuresQuery, offset),
    ),
  );

export interface MissionRun {
  /** State of the workflow, which is open until the mission has ended. */
  open: boolean;
  state: string;
  runId: string;
  startedAt: string;
  endedAt?: string;
}

export async function describe(client: Client, missionId: string): Promise<MissionRun> {
  const run = await aboutMission(missionId, () =>
    client.workflow.getHandle(missionWorkflowId(missionId)).describe(),
  );
  return {
    open: run.status.name === "RUNNING" || run.status.name === "PAUSED",
    state: run.status.name.toLowerCase(),
    runId: run.runId,
    startedAt: run.startTime.toISOString(),
    ...(run.closeTime === undefined ? {} : { endedAt: run.closeTime.toISOString() }),
  };
}

/** Waits for the end. @throws WorkflowFailedError when the workflow itself was cancelled, terminated or failed. */
export const result = (client: Client, missionId: string): Promise<MissionResult> =>
  aboutMission(
    missionId,
    () =>
      client.workflow.getHandle(missionWorkflowId(missionId)).result() as Promise<MissionResult>,
  );

type Handle = ReturnType<Client["workflow"]["getHandle"]>;

const query = <T>(
  client: Client,
  missionId: string,
  ask: (handle: Handle) => Promise<T>,
): Promise<T> =>
  aboutMission(missionId, () =>
    client.withDeadline(Date.now() + QUERY_MS, () =>
      ask(client.workflow.getHandle(missionWorkflowId(missionId))),
    ),
  );
