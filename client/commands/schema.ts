import { planJsonSchema } from "../../domain/schemas.js";
import { EXIT } from "../../domain/problem.js";
import type { Context } from "../context.js";

/** A schema is JSON in either form. */
export function runSchemaPlan({ output }: Context) {
  output.write(`${JSON.stringify(planJsonSchema(), undefined, 2)}\n`);
  return Promise.resolve(EXIT.ok);
}
