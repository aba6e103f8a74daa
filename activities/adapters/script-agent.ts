/** The agent that thinks nothing: runs a feature's commands in order, each at most once more after a crash. */
import type { AgentPort } from "../agent.js";

const OUTPUT_BYTES = 64_000;

export function createScriptAgent(): AgentPort {
  return {
    async work(run) {
      const commands = run.feature.commands ?? [];
      // Without the tree that they left, commands count as not run.
      let completed = run.resumed?.treeLost === true ? 0 : completedIn(run.resumed?.state);
      const lines: string[] = [];
      const transcript = () => lines.join("\n");
      for (const command of commands.slice(completed)) {
        if (run.signal.aborted) return { kind: "stopped", transcript: transcript() };
        const limits = { timeoutMs: run.input.commandMs, outputBytes: OUTPUT_BYTES };
        const result = await run.run(command, limits);
        lines.push(`$ ${command}`, result.output.trimEnd());
        if (result.stopped) return { kind: "stopped", transcript: transcript() };
        if (result.exitCode !== 0) {
          const how = result.timedOut
            ? `took longer than ${run.input.commandMs / 1_000} s`
            : `ended with ${result.exitCode ?? "a signal"}`;
          const reason = `Command ${completed + 1} of ${commands.length} ${how}: ${command}`;
          lines.push(`[${how}]`);
          const evidence = await run.put(transcript(), "failed-command.txt");
          return {
            kind: "failed",
            reason: reason.slice(0, 400),
            evidence,
            transcript: transcript(),
          };
        }
        completed += 1;
        await run.checkpoint({ completed }, true);
      }
      return { kind: "done", summary: `${commands.length} commands`, transcript: transcript() };
    },
  };
}

function completedIn(state: unknown): number {
  const found = (state as { completed?: unknown } | null | undefined)?.completed;
  return typeof found === "number" && Number.isInteger(found) && found > 0 ? found : 0;
}
