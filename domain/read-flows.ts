/** The one door for a file of flows: shape, then rules; what comes out may be visited. */
import { EXIT, Problem } from "./problem.js";
import { flowViolations } from "./plan-qa.js";
import { violationOf } from "./plan-issues.js";
import type { QaFlow } from "./qa.js";
import { faultsProblem } from "./read-plan.js";
import { readWrittenFlows } from "./schemas/qa.js";

/**
 * Makes flows of a parsed file: a list of them, or anything with a list under `flows`, as a plan.
 * @param name of the file. @throws Problem (badInput) that lists what is wrong, each with where and the remedy.
 */
export function readFlows(value: unknown, name: string): QaFlow[] {
  const list = isRecord(value) && "flows" in value ? value["flows"] : value;
  if (!Array.isArray(list) || list.length === 0) {
    throw new Problem(
      EXIT.badInput,
      `${name} holds no list of flows.`,
      "Write one entry for each page, as `- {url: /, name: home}`; `npx missions schema flows` prints the format.",
    );
  }
  const read = readWrittenFlows(list);
  if ("issues" in read) {
    const violations = read.issues.map((issue) => violationOf(issue, { flows: list }));
    throw faultsProblem(name, "flows", violations);
  }
  const violations = flowViolations(read.flows, name);
  if (violations.length > 0) throw faultsProblem(name, "flows", violations);
  return read.flows;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
