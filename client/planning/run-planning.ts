/** One planning from outside: starts it once, whoever asks and however often, and waits for its result. */
import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { WorkflowFailedError, type Client, type WorkflowHandle } from "@temporalio/client";
import {
  CancelledFailure,
  defineSearchAttributeKey,
  SearchAttributeType,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from "@temporalio/common";
import { missionWorkflowId, planningWorkflowId, TASK_QUEUE } from "../../domain/ids.js";
import type { Amount, Timings } from "../../domain/mission.js";
import { PLANNING } from "../../domain/planning/planning-work.js";
import { EXIT, Problem } from "../../domain/problem.js";
import {
  planningQuery,
  type PlanningInput,
  type PlanningResult,
  type PlanningTask,
} from "../../workflows/messages.js";
import { readPaidCalls } from "../account/paid-calls.js";
import type { Context } from "../context.js";
import { asProblem } from "../server-errors.js";
import { readHomeQueue } from "../start/make-mission.js";
import { cleanLine } from "../terminal/clean.js";

export interface PlanningOrder {
  missionId: string;
  task: PlanningTask;
  /** What all plannings of the mission together may cost. */
  cap: Amount;
  /** False while the mission runs and has a guard of its own. Default true. */
  opensGuard?: boolean | undefined;
  /** Default 1. */
  generation?: number | undefined;
  /** Default: the first that is free, or that asked the same and did not fail. */
  n?: number | undefined;
  timings?: Partial<Timings> | undefined;
  /** Default: the shared one. */
  taskQueue?: string | undefined;
}

type Handle = WorkflowHandle;
export type Planned = Exclude<PlanningResult, { kind: "failed" }>;

/** More plannings of one mission than anybody makes. */
const MOST = 1_000;
const LOOK_MS = 2_000;
const QUERY_MS = 5_000;

/**
 * Starts the planning, or finds it, and waits for its end; says on stderr what it does meanwhile.
 * @throws Problem when it failed, was cancelled, or no server answers.
 */
export async function runPlanning(
  context: Context,
  client: Client,
  order: PlanningOrder,
): Promise<Planned> {
  try {
    const handle = await startOrFind(context, client, order);
    const result = await followed(context, client, handle);
    if (result.kind !== "failed") return result;
    throw new Problem(EXIT.noModel, result.reason, result.remedy);
  } catch (error) {
    throw explained(error, order.missionId);
  }
}

async function startOrFind(
  context: Context,
  client: Client,
  order: PlanningOrder,
): Promise<Handle> {
  const asked = digestOf(order);
  if (order.n !== undefined) return start(context, client, order, order.n, asked);
  for (let n = 1; n <= MOST; n += 1) {
    const known = await standOf(client, order.missionId, n);
    if (known !== undefined && (known.asked !== asked || known.isOver)) continue;
    const handle = await start(context, client, order, n, asked);
    // Someone else may have taken the number in between.
    if ((await standOf(client, order.missionId, n))?.asked === asked) return handle;
  }
  throw new Problem(
    EXIT.notNow,
    `Mission ${order.missionId} has been planned ${MOST} times.`,
    "Start over with a new one: npx missions start",
  );
}

/** What was asked, so that who comes back finds the same planning and not another's. */
const digestOf = ({ task, cap, generation = 1 }: PlanningOrder) =>
  createHash("sha256")
    .update(JSON.stringify([generation, task, cap]))
    .digest("hex");

/** @returns undefined when there is none. `isOver`: it ended without a plan, so asking again is not asking twice. */
async function standOf(client: Client, missionId: string, n: number) {
  const handle = client.workflow.getHandle(planningWorkflowId(missionId, n));
  try {
    const { status, memo } = await handle.describe();
    const isOver =
      status.name !== "RUNNING" &&
      (status.name !== "COMPLETED" ||
        ((await handle.result()) as PlanningResult).kind === "failed");
    return { asked: memo?.["asked"], isOver, isRunning: status.name === "RUNNING" };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

async function start(
  context: Context,
  client: Client,
  order: PlanningOrder,
  n: number,
  asked: string,
): Promise<Handle> {
  const { missionId, task, cap, opensGuard = true, generation = 1 } = order;
  const homeQueue = await readHomeQueue(context.paths);
  const input: PlanningInput = {
    missionId,
    generation,
    n,
    task,
    cap,
    opensGuard,
    ...(opensGuard ? {} : { spentBefore: await spentOnPlanning(context, missionId, n) }),
    ...(order.timings === undefined ? {} : { timings: order.timings }),
    ...(homeQueue === undefined ? {} : { homeQueue }),
  };
  const workflowId = planningWorkflowId(missionId, n);
  try {
    return await client.workflow.start("planningWorkflow", {
      workflowId,
      taskQueue: order.taskQueue ?? TASK_QUEUE,
      args: [input],
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      staticSummary: `${task.kind} with ${task.model}`.slice(0, 90),
      memo: { asked },
      typedSearchAttributes: [
        { key: MISSION_ID_KEY, value: missionId },
        { key: MISSION_KIND_KEY, value: PLANNING },
      ],
    });
  } catch (error) {
    // It has ended already: its result stands.
    if (isAlreadyStarted(error)) return client.workflow.getHandle(workflowId);
    throw error;
  }
}

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);
const MISSION_ID_KEY = keyword("MissionId");
const MISSION_KIND_KEY = keyword("MissionKind");

const isAlreadyStarted = (error: unknown) =>
  error instanceof Error && error.name === "WorkflowExecutionAlreadyStartedError";

/** By the journals of this host, where the person plans. */
async function spentOnPlanning(
  { paths }: Context,
  missionId: string,
  without: number,
): Promise<Amount> {
  const spent = { microUsd: 0, tokens: 0 };
  for (const call of await readPaidCalls(paths.journals, missionId)) {
    const [, part, n] = call.slice.split("/");
    if (part !== PLANNING || n === `${without}`) continue;
    spent.microUsd += call.costMicroUsd;
    spent.tokens += call.tokens;
  }
  return spent;
}

/** The result; until it is there, a line for each new thing that the planning does. */
async function followed(context: Context, client: Client, handle: Handle): Promise<PlanningResult> {
  const done = new AbortController();
  const watching = watch(context, client, handle, done.signal);
  try {
    return (await handle.result()) as PlanningResult;
  } finally {
    done.abort();
    await watching;
  }
}

async function watch(context: Context, client: Client, handle: Handle, end: AbortSignal) {
  let said = "";
  const pause = () => delay(LOOK_MS, true, { signal: end }).catch(() => false);
  while (await pause()) {
    const view = await client
      .withDeadline(Date.now() + QUERY_MS, () => handle.query(planningQuery))
      .catch(() => undefined);
    if (view === undefined || view.doing === said) continue;
    said = view.doing;
    context.output.note(`Planning: ${cleanLine(said)}`);
  }
}

function explained(error: unknown, missionId: string): unknown {
  if (error instanceof WorkflowFailedError) {
    return error.cause instanceof CancelledFailure
      ? new Problem(
          EXIT.interrupted,
          "The planning was cancelled; what it had cost by then is on the mission's account.",
          "Plan again, or drop the mission.",
          error,
        )
      : new Problem(
          EXIT.unexpected,
          `The planning of ${missionId} broke off: ${error.cause?.message ?? error.message}.`,
          `See ${planningWorkflowId(missionId, 1)} and those after it in the Web UI, then plan again.`,
          error,
        );
  }
  return asProblem(error, missionId);
}

/** Numbers of plannings that still run. */
export async function runningPlannings(client: Client, missionId: string): Promise<number[]> {
  const running: number[] = [];
  for (let n = 1; n <= MOST; n += 1) {
    const known = await standOf(client, missionId, n);
    if (known === undefined) break;
    if (known.isRunning) running.push(n);
  }
  return running;
}

export const missionIsOpen = async (client: Client, missionId: string): Promise<boolean> => {
  try {
    const { status } = await client.workflow.getHandle(missionWorkflowId(missionId)).describe();
    return status.name === "RUNNING";
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
};
