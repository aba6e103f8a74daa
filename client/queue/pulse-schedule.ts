/** The pulse on the server: one Temporal Schedule for all missions. It lives there, so `missions down` leaves it alone. */
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
} from "@temporalio/client";
import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";
import { TASK_QUEUE } from "../../domain/ids.js";
import {
  DEFAULT_MAX_RUNNING,
  MOST_RUNNING,
  PULSE_EVERY_MS,
  PULSE_SCHEDULE_ID,
  type PulseInput,
} from "../../domain/queue.js";

export interface Pulse {
  maxRunning: number;
  /** By a person, in the Web UI. */
  paused: boolean;
}

const KIND_KEY = defineSearchAttributeKey("MissionKind", SearchAttributeType.KEYWORD);
const QUEUED_QUERY = `WorkflowType = "missionWorkflow" AND ExecutionStatus = "Running" AND MissionStatus = "queued"`;

/** @returns undefined when there is none. */
export async function readPulse(client: Client): Promise<Pulse | undefined> {
  try {
    const { action, state } = await client.schedule.getHandle(PULSE_SCHEDULE_ID).describe();
    return { maxRunning: maxRunningIn(action.args), paused: state.paused };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/** Makes the pulse where there is none, and sets how many missions may run where that is given. Safe to repeat. */
export async function ensurePulse(
  client: Client,
  { maxRunning, taskQueue = TASK_QUEUE }: { maxRunning?: number; taskQueue?: string } = {},
): Promise<Pulse> {
  try {
    const input: PulseInput = { maxRunning: maxRunning ?? DEFAULT_MAX_RUNNING };
    await client.schedule.create({
      scheduleId: PULSE_SCHEDULE_ID,
      spec: { intervals: [{ every: PULSE_EVERY_MS }] },
      action: {
        type: "startWorkflow",
        workflowType: "pulseWorkflow",
        workflowId: PULSE_SCHEDULE_ID,
        taskQueue,
        args: [input],
        typedSearchAttributes: [{ key: KIND_KEY, value: "pulse" }],
      },
      // A beat that was missed is made up for by the next one.
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: PULSE_EVERY_MS },
      state: { note: "Starts queued missions; made by: npx missions start --queue" },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  const found = await readPulse(client);
  if (found === undefined) throw new Error(`the schedule ${PULSE_SCHEDULE_ID} was deleted again`);
  if (maxRunning === undefined || found.maxRunning === maxRunning) return found;
  await client.schedule
    .getHandle(PULSE_SCHEDULE_ID)
    .update(({ action, ...rest }) => ({ ...rest, action: { ...action, args: [{ maxRunning }] } }));
  return { ...found, maxRunning };
}

/** How many missions wait in the queue. */
export const countQueued = async (client: Client): Promise<number> =>
  (await client.workflow.count(QUEUED_QUERY)).count;

/** A schedule that someone deleted is made again while missions wait for it. @returns true when it was. */
export async function repairPulse(client: Client): Promise<boolean> {
  if ((await countQueued(client)) === 0) return false;
  if ((await readPulse(client)) !== undefined) return false;
  await ensurePulse(client);
  return true;
}

/** The schedule's input may have been edited by hand. */
function maxRunningIn(args: unknown): number {
  const [input] = Array.isArray(args) ? (args as unknown[]) : [];
  const { maxRunning } = (input ?? {}) as Partial<PulseInput>;
  const isCount = Number.isInteger(maxRunning) && Number(maxRunning) >= 0;
  return isCount ? Math.min(Number(maxRunning), MOST_RUNNING) : DEFAULT_MAX_RUNNING;
}
