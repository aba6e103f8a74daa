/** A terminal that answers as a person would: it waits until it sees a text, then types. */
import { PassThrough, Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";

export const ENTER = "\r";
export const DOWN = "\u001b[B";
export const UP = "\u001b[A";
export const CTRL_C = "\u0003";

export interface ScriptedTerminal {
  streams: { input: PassThrough; output: Writable };
  /** Everything shown so far, without colours and cursor moves. */
  shown: () => string;
  /** Types each line when its text is seen after the one before. @throws when the work ends with lines left. */
  play: <T>(work: Promise<T>, script: readonly (readonly [string, string])[]) => Promise<T>;
}

export function scriptedTerminal(): ScriptedTerminal {
  let shown = "";
  let wake: () => void = () => undefined;
  const input = new PassThrough();
  const output = Object.assign(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        shown += stripVTControlCharacters(chunk.toString());
        wake();
        done();
      },
    }),
    { columns: 200, rows: 60 },
  );
  return {
    streams: { input, output },
    shown: () => shown,
    async play(work, script) {
      const state: { phase: "works" | "ended" } = { phase: "works" };
      const end = work.finally(() => {
        state.phase = "ended";
        wake();
      });
      // A refusal is looked at by the test.
      end.catch(() => undefined);
      let from = shown.length;
      for (const [text, keys] of script) {
        for (;;) {
          const at = shown.indexOf(text, from);
          if (at >= 0) {
            from = at + text.length;
            break;
          }
          if (state.phase === "ended")
            throw new Error(`"${text}" was never shown:\n${shown.slice(from)}`);
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        if (keys !== "") input.write(keys);
      }
      return end;
    },
  };
}
