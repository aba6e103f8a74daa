/** Ctrl-C before the mission runs: what was made is taken back. Afterwards Ctrl-C only leaves the view. */
import { EXIT } from "../../domain/problem.js";
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
