/** Reads single events out of a workflow's history, over all runs of its chain. */
import type { Client } from "@temporalio/client";

type History = Awaited<ReturnType<ReturnType<Client["workflow"]["getHandle"]>["fetchHistory"]>>;
export type HistoryEvent = NonNullable<History["events"]>[number];

/** Events of every run, each run's in order, the last run first. */
export async function* runsOf(
  client: Client,
  workflowId: string,
): AsyncGenerator<{ runId: string; events: HistoryEvent[]; bytes: number }> {
  let runId: string | undefined;
  do {
    const description = await client.workflow.getHandle(workflowId, runId).describe();
    const run = client.workflow.getHandle(workflowId, description.runId);
    const events = (await run.fetchHistory()).events ?? [];
    yield { runId: description.runId, events, bytes: description.historySize ?? 0 };
    const started = events[0]?.workflowExecutionStartedEventAttributes;
    runId = started?.continuedExecutionRunId ?? undefined;
  } while (runId !== undefined && runId !== "");
}

/** Server time of an event in ms since the epoch. */
export const timeOf = ({ eventTime }: HistoryEvent): number =>
  Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1e6;

/** When an activity's last attempt started, in the order in which they were scheduled. */
export function activityStarts(
  events: readonly HistoryEvent[],
  type: string,
): { startedMs: number; attempt: number }[] {
  const scheduled = events.filter(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === type,
  );
  return scheduled.flatMap(({ eventId }) => {
    const started = events.find(
      (event) =>
        String(event.activityTaskStartedEventAttributes?.scheduledEventId) === String(eventId),
    );
    if (started === undefined) return [];
    const attempt = started.activityTaskStartedEventAttributes?.attempt ?? 1;
    return [{ startedMs: timeOf(started), attempt }];
  });
}

/** How long each run of an activity took, from its last start to its end, by the server's clock. */
export function activityTimes(events: readonly HistoryEvent[], type: string): number[] {
  return events.flatMap((event) => {
    const done = event.activityTaskCompletedEventAttributes;
    const of = (id: unknown) => events.find(({ eventId }) => String(eventId) === String(id));
    const scheduled = of(done?.scheduledEventId)?.activityTaskScheduledEventAttributes;
    const started = of(done?.startedEventId);
    return scheduled?.activityType?.name === type && started !== undefined
      ? [timeOf(event) - timeOf(started)]
      : [];
  });
}

/** When the first task that saw a signal of that name, received at or after `sinceMs`, was completed. */
export async function signalAppliedMs(
  client: Client,
  workflowId: string,
  name: string,
  sinceMs: number,
): Promise<number | undefined> {
  for await (const { events } of runsOf(client, workflowId)) {
    const at = events.findIndex(
      (event) =>
        event.workflowExecutionSignaledEventAttributes?.signalName === name &&
        timeOf(event) >= sinceMs,
    );
    const done = events.slice(at).find((event) => event.workflowTaskCompletedEventAttributes);
    if (at >= 0 && done !== undefined) return timeOf(done);
    const [first] = events;
    if (first === undefined || timeOf(first) < sinceMs) return undefined;
  }
  return undefined;
}
