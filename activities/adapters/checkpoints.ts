/** Checkpoints of one attempt, one after the other; the last may still be under way while the next call is paid for. */
import type { AgentRun } from "../agent.js";

/**
 * Saving the workspace takes longer than asking a fast model, and a call needs nothing of it: should the worker die meanwhile,
 * the tool is used again on the workspace as it was before, and the call in flight is lost as ever.
 */
export function inOrder(run: Pick<AgentRun, "checkpoint">) {
  let last: Promise<void> = Promise.resolve();
  const keeper = {
    /** Waits for what is under way. @throws what went wrong with it. */
    settled: (): Promise<void> => last,
    /** Done when it resolves. */
    async keep(state: unknown): Promise<void> {
      await last;
      await run.checkpoint(state, false);
    },
    /** Begins one; `settled` waits for it. @param then told the tree of the workspace. */
    async begin(
      state: unknown,
      dirty: boolean,
      then: (tree: string | undefined) => void,
    ): Promise<void> {
      await last;
      last = run.checkpoint(state, dirty).then(then);
      last.catch(() => undefined); // said by `settled`
    },
  };
  return keeper;
}

export type Checkpoints = ReturnType<typeof inOrder>;
