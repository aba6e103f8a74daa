/** Secrets are asked for hidden or read from stdin; never an argument, which others could see. */
import { text as readAll } from "node:stream/consumers";
import { Secret } from "../../config/secret.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { Context } from "../context.js";
import { askHidden } from "../terminal/ask.js";

/** @param what "Key" or "Token". @param name as `key set` takes it. @throws Problem badInput when nothing comes in. */
export async function typedSecret(
  { output }: Context,
  what: string,
  name: string,
  more = "",
): Promise<Secret> {
  if (output.interactive) return new Secret(await askHidden(`${what} for ${name}`));
  const value = (await readAll(process.stdin)).trim();
  if (value !== "") return new Secret(value);
  throw new Problem(
    EXIT.badInput,
    "No key came in.",
    `Run this in a terminal, or pipe the key in: npx missions key set ${name}${more} < FILE`,
  );
}
