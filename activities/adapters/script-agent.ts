/** The agent that thinks nothing: runs a feature's commands in order, each at most once more after a crash. */
import type { AgentPort, AgentRun } from "../agent.js";

const OUTPUT_BYTES = 64_000;

/** A command that has ended well. */
interface DoneCommand {
  command: string;
  /** The files that it left; none in plain folders. */
  tree?: string;
}

export function createScriptAgent(): AgentPort {
  return {
    async work(run) {
      const commands = run.feature.commands ?? [];
      const done = await takeUp(run, commands);
      const left = commands.slice(done.length);
      const lines: string[] = [];
      const transcript = () => lines.join("\n");
      for (const command of left) {
        if (run.signal.aborted) return { kind: "stopped", transcript: transcript() };
        const limits = { timeoutMs: run.input.commandMs, outputBytes: OUTPUT_BYTES };
        const result = await run.run(command, limits);
        lines.push(`$ ${command}`, result.output.trimEnd());
        if (result.stopped) return { kind: "stopped", transcript: transcript() };
        if (result.exitCode !== 0) {
          const how = result.timedOut
            ? `took longer than ${run.input.commandMs / 1_000} s`
            : `ended with ${result.exitCode ?? "a signal"}`;
          const reason = `Command ${done.length + 1} of ${commands.length} ${how}: ${command}`;
          lines.push(`[${how}]`);
          const evidence = await run.put(transcript(), "failed-command.txt");
          return {
            kind: "failed",
            reason: reason.slice(0, 400),
            evidence,
            transcript: transcript(),
          };
        }
        const tree = await run.checkpoint({ done: [...done, { command }] }, true);
        done.push(doneCommand(command, tree));
      }
      const summary =
        left.length === commands.length
          ? `${left.length} commands`
          : `${left.length} of ${commands.length} commands; the others were done before`;
      return { kind: "done", summary, transcript: transcript() };
    },
  };
}

/**
 * The commands that need not run: the same ones as before, from the first on. What a changed one and those after it left
 * is taken back, but for plain folders, which have no earlier state.
 */
async function takeUp(run: AgentRun, commands: readonly string[]): Promise<DoneCommand[]> {
  // Without the tree that they left, commands count as not run.
  if (run.resumed === undefined || run.resumed.treeLost) return [];
  const before = doneIn(run.resumed, commands);
  const changedAt = before.findIndex(({ command }, at) => command !== commands[at]);
  if (changedAt === -1) return before;
  const same = before.slice(0, changedAt);
  const tree = same.at(-1)?.tree;
  const isLaid = tree !== undefined && (await run.layOut(tree));
  const done = !isLaid && (await run.layOut()) ? [] : same;
  await run.checkpoint({ done }, true);
  return done;
}

function doneIn(
  { state, tree }: NonNullable<AgentRun["resumed"]>,
  commands: readonly string[],
): DoneCommand[] {
  const kept = (state ?? {}) as { done?: DoneCommand[]; completed?: number };
  // Earlier versions kept no more than a number.
  if (!Array.isArray(kept.done))
    return commands.slice(0, kept.completed ?? 0).map((command) => ({ command }));
  // The last one's tree was not known yet when this was written: it is the checkpoint's own.
  return kept.done.map((each, at) =>
    at === (kept.done?.length ?? 0) - 1 ? doneCommand(each.command, tree) : each,
  );
}

const doneCommand = (command: string, tree: string | undefined): DoneCommand => ({
  command,
  ...(tree === undefined ? {} : { tree }),
});
