/** The shape of a plan as a person writes it: what may be left out is optional here and filled in by plan-defaults.ts. */
import { z } from "zod";
import {
  AGENT_NAME,
  FEATURE_KINDS,
  FORGE_KINDS,
  GOAL_TYPES,
  ON_QUOTA,
  OUTCOME_LEVELS,
  SIZES,
  TIERS,
} from "./mission.js";
import { MAXIMA } from "./money.js";
import { app, flows, qaScope } from "./schemas/qa.js";
import { strict } from "./schemas/strict.js";

const line = (description: string) => z.string().max(200).describe(description);
const text = (description: string) => z.string().max(100_000).describe(description);
const id = (description: string) => z.string().describe(description).optional();
const model = z
  .string()
  .max(200)
  .describe("Model as provider/model, e.g. anthropic/claude-sonnet-4-5");

const verify = z
  .discriminatedUnion("method", [
    strict({
      method: z.literal("bash"),
      run: text("Shell command; the check passes when it exits with 0"),
      timeoutSeconds: z
        .number()
        .positive()
        .max(86_400)
        .describe("Ended and failed after this many seconds")
        .optional(),
    }),
    strict({
      method: z.literal("codebase"),
      pattern: z
        .string()
        .min(1)
        .max(2_000)
        .describe("Text that some file must hold; between slashes a regular expression"),
      path: line("File or folder to look in; default: everything").optional(),
    }),
    strict({ method: z.literal("browser"), flow: line("Name of one of the plan's flows") }),
    strict({ method: z.literal("citation") }),
    strict({ method: z.literal("reply") }),
    strict({ method: z.literal("receipt") }),
    strict({ method: z.literal("person") }),
  ])
  .describe("How the check is verified; `person` is listed as not seen by the engine");

const check = strict({
  id: id("Default: the id of its feature or milestone and a letter, as 1.1.a"),
  sentence: z.string().min(1).max(2_000).describe("What is true when the check passes"),
  verify,
  alreadyTrue: z
    .boolean()
    .describe(
      "True: it may pass before the work is done; otherwise it must fail on the base commit",
    )
    .optional(),
});

const estimate = strict({
  usd: z.number().describe("USD").meta({ minimum: 0, maximum: MAXIMA.usd }).optional(),
  hours: z.number().describe("Hours").meta({ minimum: 0, maximum: MAXIMA.hours }).optional(),
  tokens: z.number().describe("Tokens").meta({ minimum: 0, maximum: MAXIMA.tokens }).optional(),
}).describe("What it is likely to use; default: nothing for scripts, a small prior for agents");

const feature = strict({
  id: id("Default: milestone and position, as 2.3. Unique in the mission"),
  title: line("What it adds, in a few words"),
  kind: z.enum(FEATURE_KINDS).default("code").describe("Kind of work"),
  agent: z
    .string()
    .regex(AGENT_NAME, "must be script, builtin, manual or the name of an agent, as opencode")
    .describe(
      "Who does it: script, builtin, manual or an external agent, as opencode; default: script when commands are given, else builtin",
    )
    .optional(),
  brief: text("What to build, for the agent").optional(),
  commands: z
    .array(text("Shell command"))
    .max(1_000)
    .describe("Commands of the script agent, run in order in the workspace")
    .optional(),
  dependsOn: z
    .array(z.string())
    .max(1_000)
    .default([])
    .describe(
      "Ids of features that must be integrated before; of this milestone or an earlier one",
    ),
  touches: z
    .array(z.string().max(1_000))
    .max(200)
    .default([])
    .describe("Folder or file prefixes that it changes; none: overlaps with every code feature"),
  checks: z.array(check).max(200).default([]).describe("What must hold when it is done"),
  serves: z
    .array(z.string().max(60))
    .max(200)
    .describe("Ids of checks of its milestone that it helps to pass")
    .optional(),
  size: z.enum(SIZES).describe("Size class, from which the engine estimates").optional(),
  estimate: estimate.optional(),
  tier: z.enum(TIERS).describe("Model tier").optional(),
  model: model.optional(),
  repository: z
    .string()
    .max(60)
    .describe("Name of one of `repositories`; default: the mission's own")
    .optional(),
  reads: z
    .array(z.string().max(100))
    .max(20)
    .describe("Mission agents and skills of the home that its agent is to read, by name")
    .optional(),
  rewrites: z
    .array(z.string().max(1_000))
    .max(200)
    .describe(
      "Tests and other checks of the repository that it may change or remove, by path prefix",
    )
    .optional(),
  qa: qaScope.describe("What a browser-qa feature looks at; default: all flows").optional(),
});

const milestone = strict({
  id: id("Default: its position, as 2"),
  title: line("What is reached with it"),
  checks: z
    .array(check)
    .max(200)
    .default([])
    .describe("Run on a fresh checkout when its features are done"),
  features: z.array(feature).describe("Features, run in parallel as far as they can"),
  ui: qaScope.describe("It has pages: browser QA is part of its validation").optional(),
});

const budget = strict({
  money_usd: z
    .number()
    .describe("USD that may be spent, models and purchases together")
    .meta({ exclusiveMinimum: 0, maximum: MAXIMA.usd }),
  time_hours: z
    .number()
    .describe("Hours in which at least one feature or validation runs")
    .meta({ exclusiveMinimum: 0, maximum: MAXIMA.hours }),
  token_limit: z
    .number()
    .describe("Tokens that may be used")
    .meta({ exclusiveMinimum: 0, maximum: MAXIMA.tokens }),
  alert_threshold_pct: z
    .number()
    .default(80)
    .describe("Share spent of the tightest limit at which on_alert applies")
    .meta({ minimum: 1, maximum: 100 }),
  on_alert: z
    .enum(["ask", "cheaper", "continue"])
    .default("ask")
    .describe("At the alert threshold: pause and ask, go on with cheaper models, or go on"),
}).describe("Hard limits of the mission");

const routing = strict({
  orchestrator: model.optional(),
  workers: model.optional(),
  research: model.optional(),
  validation: model.optional(),
  tiers: strict({
    simple: model.optional(),
    standard: model.optional(),
    thinking: model.optional(),
  })
    .describe("Model of each tier")
    .optional(),
});

const plan = strict({
  version: z.literal(1).default(1).describe("Version of this format"),
  title: line("Name of the mission"),
  goal: z.string().describe("The goal word for word, at most 20 kB"),
  type: z.enum(GOAL_TYPES).describe("Sort of goal").optional(),
  level: z.enum(OUTCOME_LEVELS).describe("Outcome level that the plan aims at").optional(),
  mode: z
    .enum(["poc", "full"])
    .default("full")
    .describe("poc: onto one branch, no briefs or reviews; full: a branch and review per feature"),
  workspace: z
    .enum(["git", "folder"])
    .default("git")
    .describe("git: a repository; folder: a plain folder per feature, without commits"),
  scope: strict({
    non_goals: z.array(text("What is left out on purpose")).max(200).default([]),
    constraints: z.array(text("What every solution must respect")).max(200).default([]),
    checked: strict({
      protected_paths: z
        .array(z.string().max(1_000))
        .max(200)
        .describe("Folder or file prefixes that nothing may change")
        .optional(),
      no_new_dependencies: z.boolean().describe("No dependency may be added").optional(),
      licences: z
        .array(line("SPDX id"))
        .max(100)
        .describe("Licences that new dependencies may have, as SPDX ids")
        .optional(),
      forbidden: z
        .array(line("Word"))
        .max(100)
        .describe("Words that no added line may hold, as names of vendors or packages")
        .optional(),
    })
      .describe("Constraints that the engine checks on every code feature")
      .optional(),
  })
    .prefault({})
    .describe("What is out of scope, and what binds"),
  tests: z
    .array(text("Shell command"))
    .max(50)
    .describe("Must pass on every merge; default: the tests that the repository itself names")
    .optional(),
  app: app.describe("How the app is started for browser QA").optional(),
  flows: flows.describe("Pages and flows of the app").optional(),
  repositories: z
    .record(z.string().max(60), z.string().max(4_000))
    .describe("Other repositories that features name, by path")
    .optional(),
  forge: z
    .enum(FORGE_KINDS)
    .describe("Where pull requests are opened; default: the forge of `origin` with a known token")
    .optional(),
  hosts: z
    .array(z.string().max(253))
    .max(200)
    .describe("Names of hosts that confined commands may reach")
    .optional(),
  on_quota: z
    .enum(ON_QUOTA)
    .describe("A provider's limit is reached for long: wait until it is reset (default), or ask")
    .optional(),
  budget,
  deadline: z
    .union([z.iso.datetime({ offset: true }), z.iso.date()])
    .describe("ISO 8601 date or time; no work starts after it")
    .optional(),
  deadline_zone: line("IANA zone of the deadline, as Europe/Berlin").optional(),
  at_deadline: z
    .enum(["finish", "stop", "ask"])
    .describe("At the deadline: finish what runs (default), end it, or ask")
    .optional(),
  model_routing: routing.prefault({}).describe("Models by role and tier"),
  preferences: z.record(z.string(), text("Value")).default({}).describe("Wishes, by name"),
  milestones: z.array(milestone).describe("Stages, one after the other"),
});

/** A plan after the schema and before plan-defaults.ts. */
export type WrittenPlan = z.output<typeof plan>;
export type WrittenFeature = z.output<typeof feature>;
export type WrittenCheck = z.output<typeof check>;

/** One thing that does not fit the schema: where (as keys and indexes from the top), and zod's account of it. */
export type SchemaIssue = z.core.$ZodIssue;

/** Reads any value as a written plan. Never throws. */
export function readWrittenPlan(
  value: unknown,
): { plan: WrittenPlan } | { issues: readonly SchemaIssue[] } {
  const read = plan.safeParse(value);
  return read.success ? { plan: read.data } : { issues: read.error.issues };
}

/** JSON Schema (2020-12) of a plan file, for editors and for models that write plans. */
export function planJsonSchema(): object {
  return {
    $id: "urn:missions:schema:plan:1",
    title: "Plan of a mission",
    description: "Milestones of features with checks and a budget, run by `missions start --plan`.",
    ...z.toJSONSchema(plan, { io: "input" }),
  };
}
