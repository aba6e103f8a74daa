/** One command of a validation: run, run again where it fails, and what it said of itself. */
import { missingTool } from "../domain/missing-tools.js";
import { countTests, type TestCount } from "../domain/test-counts.js";
import type { SeenRun } from "../domain/validation-findings.js";
import { withRefusals } from "./child-confinement.js";
import { type CheckPlace, runShell } from "./check-run.js";

/** Summaries of large suites must be in it. */
const OUTPUT_BYTES = 4_000_000;
/** After the first; a command that was stopped for its time is given one more chance only. */
const TRIES_AGAIN = { failed: 2, timedOut: 1 } as const;

/** Where commands run; `seesProcesses`: in a process namespace of their own, so that what is left there is theirs. */
export interface CommandPlace extends CheckPlace {
  seesProcesses: boolean;
  /** Undoes what the command before did to files by which the next is judged. */
  putBack?: () => Promise<void>;
}

type CommandSeen = Pick<
  SeenRun,
  "verdict" | "ended" | "ms" | "output" | "missing" | "count" | "asks" | "left" | "leftOutBytes"
>;

/** What fails is run again twice; passing then, it is flaky. @throws the signal's reason when it is aborted meanwhile. */
export async function seeCommand(
  run: string,
  place: CommandPlace,
  timeoutMs = place.commandMs,
): Promise<CommandSeen> {
  const first = await runOnce(run, place, timeoutMs);
  if (first.passed || first.missing !== undefined) return seenOf(first);
  let last = first;
  const tries = first.timedOut ? TRIES_AGAIN.timedOut : TRIES_AGAIN.failed;
  for (let n = 1; n <= tries; n += 1) {
    last = await runOnce(run, place, timeoutMs);
    const ms = first.ms + last.ms;
    if (last.passed)
      return {
        ...seenOf(last),
        verdict: "flaky",
        ended: `${first.ended}, then ${last.ended} when run again`,
        ms,
        output: `${first.output.trimEnd()}\n\n[run again:]\n${last.output}`,
      };
  }
  return { ...seenOf(last), ended: `${last.ended}, ${tries + 1} times` };
}

type Once = Awaited<ReturnType<typeof runOnce>>;

function seenOf({ passed, missing, ...once }: Once): CommandSeen {
  const { ended, ms, output, asks, left, leftOutBytes } = once;
  const count: TestCount | undefined = countTests(output);
  return {
    verdict: passed ? "passed" : missing === undefined ? "failed" : "not-run",
    ...{ ended, ms, output },
    ...(missing === undefined ? {} : { missing }),
    ...(count === undefined ? {} : { count }),
    ...(asks ? { asks } : {}),
    ...(left === undefined ? {} : { left }),
    ...(leftOutBytes === 0 ? {} : { leftOutBytes }),
  };
}

/** @throws the signal's reason when it is aborted meanwhile. */
export async function runOnce(run: string, place: CommandPlace, timeoutMs: number) {
  await place.putBack?.();
  const command = place.seesProcesses ? namingWhatIsLeft(run) : run;
  const result = await runShell(place, { command, timeoutMs, outputLimitBytes: OUTPUT_BYTES });
  const { exitCode, timedOut, ms } = result;
  const { output, left } = takeLeft(withRefusals(result));
  return {
    passed: exitCode === 0 && !timedOut,
    timedOut,
    ms,
    ended: timedOut
      ? `it did not end and was stopped after ${timeoutMs} ms`
      : `exit ${exitCode ?? "by signal"} in ${Math.round(ms)} ms`,
    output,
    missing: missingTool(exitCode, output),
    asks: ASKS.test(output.slice(-300)),
    left,
    leftOutBytes: Number(/^\[\.\.\. (\d+) bytes left out \.\.\.\]$/m.exec(output)?.[1] ?? 0),
  };
}

/** Ends without a line's end, as prompts do. */
const ASKS = /(?:[?:>]|\[[yn]\/[yn]\]|\([yn]\/[yn]\))[^\S\n]*$/i;

const LEFT = "[left running:";

/** What runs when the command has ended and did not before; looked at twice, because some are just ending. */
const namingWhatIsLeft = (run: string) => `set -- /proc/[0-9]*; before=" $* "
/bin/sh -c '${run.replaceAll("'", String.raw`'\''`)}'
code=$?
look() { left=; for p in /proc/[0-9]*; do case "$before" in *" $p "*) ;; *) read -r name 2>/dev/null <"$p/comm" && left="$left $name";; esac; done; }
look
[ -z "$left" ] || { sleep 0.3; look; }
[ -z "$left" ] || printf '\\n${LEFT}%s]\\n' "$left"
exit $code`;

/** @returns the output without that line, and the names in it. */
function takeLeft(output: string): { output: string; left: string | undefined } {
  const at = output.lastIndexOf(`\n${LEFT} `);
  const [, names] = /^\n\[left running: (.*)\]\n/.exec(output.slice(at)) ?? [];
  if (at < 0 || names === undefined) return { output, left: undefined };
  const rest = output.slice(at + `\n${LEFT} ${names}]\n`.length);
  const left = [...new Set(names.split(" "))].slice(0, 5).join(", ");
  return { output: output.slice(0, at) + rest, left };
}
