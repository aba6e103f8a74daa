/** The shape of a model's draft: read strictly, and shown to models in a form that every provider takes. */
import { z } from "zod";
import { FEATURE_KINDS, SIZES, TIERS } from "../mission.js";
import { DRAFT_AGENTS, FINISHES } from "../planning/draft.js";
import { DRAFT_STEPS } from "../planning/draft-flows.js";
import { providerSchema } from "./for-providers.js";

/** Providers' strict modes know no absent keys: what may be left out may also be null. */
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? undefined);
const listOf = <Schema extends z.ZodType>(schema: Schema, most: number) =>
  z.array(schema).max(most);
const perhapsListOf = <Schema extends z.ZodType>(schema: Schema, most: number) =>
  listOf(schema, most)
    .nullish()
    .transform((value) => value ?? []);
const line = (description: string) => z.string().trim().min(1).max(200).describe(description);
const id = (description: string) => z.string().max(60).describe(description);

const verify = z
  .strictObject({
    method: z
      .enum(["bash", "codebase", "browser", "person"])
      .describe(
        "bash: a command exits with 0; codebase: some file matches; browser: a flow works; person: a person looks",
      ),
    run: optional(z.string().min(1).max(2_000).describe("bash: the command")),
    pattern: optional(
      z.string().min(1).max(500).describe("codebase: text, or a regular expression in slashes"),
    ),
    path: optional(z.string().max(200).describe("codebase: file or folder to look in")),
    flow: optional(z.string().max(100).describe("browser: name of one of flows")),
  })
  .describe("How the engine sees that the sentence holds");

const check = z.strictObject({
  id: id("Unique in the plan, as M1-a"),
  sentence: z.string().trim().min(1).max(500).describe("What is true when it passes"),
  verify,
  covers: perhapsListOf(id("As H1"), 40).describe("Ids of must-hold sentences that it covers"),
});

const feature = z.strictObject({
  id: id("Unique in the plan: milestone and position, as 1.2"),
  title: line("What it adds, in a few words"),
  brief: z.string().trim().min(1).max(6_000).describe("What to build, complete for someone alone"),
  kind: z.enum(FEATURE_KINDS).describe("Kind of work"),
  agent: optional(z.enum(DRAFT_AGENTS).describe("manual: a person does it; default: builtin")),
  size: z.enum(SIZES).describe("How much work it is"),
  tier: optional(z.enum(TIERS).describe("How much thinking it needs")),
  dependsOn: listOf(id("Feature id"), 50).describe("Features that must be finished before"),
  touches: listOf(z.string().max(200), 40).describe("Prefixes of folders and files it changes"),
  serves: listOf(id("Check id"), 40).describe("Checks of its milestone that it helps to pass"),
  checks: perhapsListOf(check, 10).describe("What must hold when this feature alone is done"),
  reads: perhapsListOf(id("agents/NAME.md without folder and ending"), 6).describe(
    "Mission agents and skills that its builder is given to read",
  ),
  rewrites: optional(
    listOf(z.string().max(200), 40).describe(
      "Existing tests and check settings that it must change or remove, by path prefix",
    ),
  ),
  finish: perhapsListOf(z.enum(FINISHES), 3).describe("In the last milestone: what it is for"),
  vendor: optional(line("payment, email: who gets it")),
  purpose: optional(line("payment, email: what for")),
  capUsd: optional(
    z.number().min(0).max(1_000_000).describe("payment, email: the most USD it may lead to"),
  ),
});

const milestone = z.strictObject({
  id: optional(id("Of a milestone that is there already; else left out")),
  title: line("What is reached with it"),
  checks: listOf(check, 40).describe("Written before the features"),
  features: listOf(feature, 50),
  ui: optional(
    listOf(z.string().max(100), 40).describe(
      "Names of the flows that work when it is done: a browser goes through them then",
    ),
  ),
});

const app = z
  .strictObject({
    run: z.string().trim().min(1).max(500).describe("Command that starts it; it listens on PORT"),
    prepare: optional(listOf(z.string().max(500), 10).describe("Run before, as npm ci")),
    ready: optional(z.string().max(200).describe("Path that answers when it is ready; default /")),
  })
  .describe("How what is built is started, where it has web pages; else left out");

const step = z.strictObject({
  do: z
    .enum(DRAFT_STEPS)
    .describe(
      "goto, click, fill, select, press; or what must hold: see, gone, url, title, value, count",
    ),
  on: optional(
    z.string().max(300).describe("Name of the control, label or text, as people see it"),
  ),
  text: optional(
    z.string().max(2_000).describe("What is typed, chosen, pressed or expected; a path for goto"),
  ),
});

const flow = z.strictObject({
  name: z.string().trim().min(1).max(100).describe("By which ui and checks mean it"),
  url: z.string().trim().min(1).max(500).describe("Path of the page, as /notes"),
  steps: perhapsListOf(step, 40).describe("What a user does and sees there, in order"),
});

const draft = z.strictObject({
  title: line("Name of the mission"),
  milestones: listOf(milestone, 12).describe("Stages, one after the other"),
  nonGoals: perhapsListOf(z.string().max(500), 30).describe("What is left out on purpose"),
  notes: perhapsListOf(z.string().max(500), 10).describe("What the person should know"),
  app: optional(app),
  flows: optional(listOf(flow, 40).describe("Pages and flows of the app")),
});

const classification = z.strictObject({
  type: z
    .enum(["greenfield", "migration", "research", "enhancement", "infrastructure"])
    .describe("Sort of goal"),
  why: z.string().trim().min(1).max(1_000).describe("The reason, in one sentence"),
});

/** A draft after the schema; `verify` is still flat. */
export type WrittenDraft = z.output<typeof draft>;
export type WrittenDraftCheck = z.output<typeof check>;
export type WrittenClassification = z.output<typeof classification>;

/** Where (keys and indexes from the top) and what does not fit. */
export type DraftIssue = z.core.$ZodIssue;

/** Never throws. */
export function readWrittenDraft(
  value: unknown,
): { draft: WrittenDraft } | { issues: readonly DraftIssue[] } {
  const read = draft.safeParse(value);
  return read.success ? { draft: read.data } : { issues: read.error.issues };
}

/** Never throws. @returns undefined for another shape. */
export function readWrittenClassification(value: unknown): WrittenClassification | undefined {
  const read = classification.safeParse(value);
  return read.success ? read.data : undefined;
}

export const draftJsonSchema = (): object => providerSchema(draft);
export const classificationJsonSchema = (): object => providerSchema(classification);
