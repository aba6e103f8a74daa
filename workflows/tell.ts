/** The only way one workflow signals another: awaited, and a closed receiver is data, not an error. */
import {
  CancellationScope,
  getExternalWorkflowHandle,
  type SignalDefinition,
} from "@temporalio/workflow";

/** Contract: never throws; an un-awaited signal to a closed workflow would fail its sender for ever. */
export async function tell<Args extends unknown[]>(
  workflowId: string,
  signal: SignalDefinition<Args>,
  ...args: Args
): Promise<"delivered" | "gone"> {
  return CancellationScope.nonCancellable(async () => {
    try {
      await getExternalWorkflowHandle(workflowId).signal(signal, ...args);
      return "delivered";
    } catch {
      return "gone";
    }
  });
}
