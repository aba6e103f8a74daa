/** The question before each paid call: is this attempt still the one that may spend? */
import { activityInfo, cancellationDetails, getClient } from "@temporalio/activity";

/** `stop`: end normally after a checkpoint; `leave`: end so that Temporal runs the attempt again; `superseded`: touch nothing. */
export type Fence = "go" | "stop" | "leave" | "superseded";

/**
 * Heartbeats by task token and waits for the server's answer (4 ms).
 * @param details kept by the server for the next attempt, as those of any heartbeat.
 * @throws when the server does not answer: then no call may be made either, and Temporal retries.
 */
export async function temporalFence(details?: unknown): Promise<Fence> {
  const known = standing();
  if (known !== "go") return known;
  try {
    await getClient().activity.heartbeat(activityInfo().taskToken, details);
    return standing();
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    if (name === "ActivityNotFoundError") return "superseded";
    if (name === "ActivityCancelledError") return "stop";
    if (name === "ActivityPausedError" || name === "ActivityResetError") return "leave";
    throw error;
  }
}

/** What the worker already knows, without asking the server. */
export function standing(): Fence {
  const details = cancellationDetails();
  if (details === undefined) return "go";
  if (details.notFound || details.timedOut) return "superseded";
  return details.cancelRequested ? "stop" : "leave";
}
