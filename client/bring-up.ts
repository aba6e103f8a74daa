/** A server and a worker, where a command needs them on its way; each step is told. */
import type { Context } from "./context.js";

/** Loaded late: what is refused before is refused before Temporal's client is even read. @throws Problem as `up`. */
export async function bringUp({ environment, output }: Context): Promise<void> {
  const { up } = await import("./commands/up.js");
  await up({ environment }, (line) => {
    output.note(line);
  });
}
