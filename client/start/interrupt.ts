/** Ctrl-C before the mission runs: what was made is taken back. Afterwards Ctrl-C only leaves the view. */
import { EXIT, type Problem } from "../../domain/problem.js";
import type { Context } from "../context.js";
import type { Undo } from "./undo.js";

/** @returns ends the guard. */
export function undoOnInterrupt({ output }: Context, undo: Undo): () => void {
  const onInterrupt = () => {
    output.note("Stopping; taking back what was made.");
    void undo.all().then((failure) => {
      if (failure !== undefined) output.note(`Not everything could be taken back: ${failure}`);
      else output.note("Nothing was started.");
      process.exit(EXIT.interrupted);
    });
  };
  process.once("SIGINT", onInterrupt);
  return () => {
    process.off("SIGINT", onInterrupt);
  };
}

/** Ctrl-C while something is waited for that goes on by itself. @throws what `stopped` makes of it. */
export async function unlessInterrupted<T>(work: Promise<T>, stopped: () => Problem): Promise<T> {
  let onInterrupt: () => void = () => undefined;
  const interrupted = new Promise<never>((_, reject) => {
    onInterrupt = () => {
      reject(stopped());
    };
  });
  process.once("SIGINT", onInterrupt);
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    process.off("SIGINT", onInterrupt);
  }
}
