/** The Web UI's cancel button, seen from inside a nonCancellable scope, so that it can take the same road as the command. */
import { CancellationScope } from "@temporalio/workflow";

/** Calls `act` once when the workflow is asked to cancel; what the scope awaits is not disturbed. */
export function onCancelRequest(act: () => void): void {
  CancellationScope.current().cancelRequested.catch(act);
}
