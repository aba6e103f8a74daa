/** Shapes of apps, pages and flows, as people write them in plans and in the file of `missions qa --flows`. */
import { z } from "zod";
import type { QaFlow } from "../qa.js";
import { strict } from "./strict.js";

const short = (description: string) => z.string().min(1).max(2_000).describe(description);

const target = z
  .union([
    short("A name that people see: of a control, a label or a text"),
    strict({ role: short("ARIA role, as button"), name: short("Its accessible name").optional() }),
    strict({ label: short("Text of its label") }),
    strict({ text: short("Text that it shows") }),
    strict({ testId: short("Its data-testid") }),
    strict({ css: short("CSS selector") }),
  ])
  .describe("Which element");

const expectation = z
  .union([
    short("Text that is seen"),
    strict({ see: target }),
    strict({ gone: target }),
    strict({ url: short("Path or address that the page has come to") }),
    strict({ title: short("Title of the page") }),
    strict({ value: target, is: z.string().max(2_000) }),
    strict({ count: target, is: z.number().int().min(0) }),
  ])
  .describe("What must come true");

const step = z.union([
  strict({ goto: short("Path to go to") }),
  strict({ click: target }),
  strict({ fill: target, with: z.string().max(20_000).describe("What is typed") }),
  strict({ select: target, option: short("Option, as it is shown") }),
  strict({ press: short("Key, as Enter"), on: target.optional() }),
  strict({ expect: expectation }),
]);

const flow = strict({
  url: short("Path of the app"),
  name: z.string().min(1).max(100).describe("Name by which milestones and checks mean it"),
  steps: z.array(step).max(200).describe("What to do and see there, in order").optional(),
  status: z.number().int().min(100).max(599).describe("HTTP status that is right here").optional(),
  ignore: z
    .array(strict({ rule: short("Rule"), because: short("Why it does not count here") }))
    .max(50)
    .describe("Rules that do not count on this page")
    .optional(),
});

export const flows = z.array(flow).max(200);

/** Reads any value as flows, as a file of them says. Never throws. Paths of issues begin with `flows`, as in a plan. */
export function readWrittenFlows(
  value: unknown,
): { flows: QaFlow[] } | { issues: readonly z.core.$ZodIssue[] } {
  const read = strict({ flows }).safeParse({ flows: value });
  return read.success ? { flows: read.data.flows } : { issues: read.error.issues };
}

/** JSON Schema (2020-12) of a file of flows. */
export function flowsJsonSchema(): object {
  return {
    $id: "urn:missions:schema:flows:1",
    title: "Pages and flows of an app",
    description: "What `missions qa --flows` visits, one after the other.",
    ...z.toJSONSchema(flows, { io: "input" }),
  };
}

export const app = strict({
  run: short("Shell command that starts it; PORT is set, {port} is replaced"),
  prepare: z.array(short("Shell command")).max(20).describe("Run before, in order").optional(),
  port: z.number().int().min(1).max(65_535).describe("A port that it always takes").optional(),
  ready: short("Path that answers when it is ready; default /").optional(),
  readySeconds: z.number().positive().max(3_600).describe("Default 60").optional(),
  env: z.record(z.string().max(200), z.string().max(4_000)).describe("Never secrets").optional(),
  origins: z.array(short("Origin")).max(50).describe("Other origins that it uses").optional(),
});

export const qaScope = strict({
  flows: z.array(z.string().max(100)).max(200).default([]).describe("Names of flows; none: all"),
  crawl: z
    .number()
    .int()
    .min(0)
    .max(5)
    .describe("How deep links are followed; default 1")
    .optional(),
  external: z.boolean().describe("Also ask links to other sites").optional(),
});
