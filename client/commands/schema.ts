import { planJsonSchema } from "../../domain/schemas.js";
import { flowsJsonSchema } from "../../domain/schemas/qa.js";
import { qaReportJsonSchema } from "../../domain/schemas/qa-report.js";
import { EXIT } from "../../domain/problem.js";
import type { Context } from "../context.js";

/** A schema is JSON in either form. */
const print =
  (schemaOf: () => object) =>
  ({ output }: Context) => {
    output.write(`${JSON.stringify(schemaOf(), undefined, 2)}\n`);
    return Promise.resolve(EXIT.ok);
  };

export const runSchemaPlan = print(planJsonSchema);
export const runSchemaFlows = print(flowsJsonSchema);
export const runSchemaQaReport = print(qaReportJsonSchema);
