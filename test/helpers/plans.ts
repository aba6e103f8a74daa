/** Plans for tests: one small one to vary, and random ones that are legal. */
import fc from "fast-check";
import { GOAL_TYPES, OUTCOME_LEVELS, SIZES, TIERS } from "../../domain/mission.js";
import { checkId } from "../../domain/plan-defaults.js";

export interface WrittenFeature {
  id?: string;
  title: string;
  commands?: string[];
  dependsOn?: string[];
  [key: string]: unknown;
}
export interface Written {
  title: string;
  goal: string;
  budget: Record<string, unknown>;
  milestones: { id?: string; title: string; features: WrittenFeature[]; checks?: unknown[] }[];
  [key: string]: unknown;
}

/** A script feature; its id is filled in by position. */
export const aFeature = (fields: Partial<WrittenFeature> = {}): WrittenFeature => ({
  title: "Add a file",
  commands: ["echo hello > hello.txt"],
  ...fields,
});

/** Two milestones, 1.1 and 1.2 (which needs 1.1), and 2.1. */
export const aWrittenPlan = (fields: Partial<Written> = {}): Written => ({
  title: "Greetings",
  goal: "Greet everyone.",
  budget: { money_usd: 5, time_hours: 2, token_limit: 1_000_000 },
  milestones: [
    { title: "First", features: [aFeature(), aFeature({ dependsOn: ["1.1"] })] },
    { title: "Second", features: [aFeature()] },
  ],
  ...fields,
});

/** The plan with its first feature changed. */
export function withFeature(fields: Record<string, unknown>): Written {
  const plan = aWrittenPlan();
  Object.assign(plan.milestones[0]?.features[0] ?? {}, fields);
  return plan;
}

/** Milestones of script features, nothing else. */
export const aLargePlan = (milestones: number, featuresEach: number): Written =>
  aWrittenPlan({
    milestones: Array.from({ length: milestones }, (_, m) => ({
      title: `Milestone ${m + 1}`,
      features: Array.from({ length: featuresEach }, (_, f) =>
        aFeature({ touches: [`src/${f}`], dependsOn: f > 0 ? [`${m + 1}.${f}`] : [] }),
      ),
    })),
  });

const allowed = (text: string) =>
  !/[^\P{Cc}\n\t]|[\p{Cs}\u202a-\u202e\u2066-\u2069]/u.test(text) && text.trim() !== "";
const text = fc
  .oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
    fc.constantFrom(
      "1.10",
      "true",
      "~",
      "- a: b",
      "# no",
      "a: b # c",
      "'\"",
      "*x",
      "&x",
      "!t",
      "%",
    ),
    fc.array(fc.string({ maxLength: 12 }), { maxLength: 5 }).map((lines) => lines.join("\n  \t")),
  )
  .filter(allowed);
const line = text.map((value) => value.replaceAll(/[\n\t\u2028\u2029]/g, " ")).filter(allowed);
const path = fc.stringMatching(/^[a-z]{1,5}(\/[a-z0-9.-]{1,3}x){0,2}$/);

const check = fc.record(
  {
    sentence: text,
    verify: fc.oneof(
      fc.record({ method: fc.constant("bash"), run: text }),
      fc.record({ method: fc.constant("codebase"), pattern: line.map((p) => `x${p}`), path }),
      fc.record({ method: fc.constant("person") }),
    ),
    alreadyTrue: fc.boolean(),
  },
  { requiredKeys: ["sentence", "verify"] },
);

const checks = fc.array(check, { maxLength: 30 });

const address = path.map((below) => `/${below}`);
/** Elements as people name them; a name that looks like a number stays a name. */
const target = fc.oneof(
  text,
  fc.constantFrom("3", "true", "1.10"),
  fc.record({ role: fc.constant("button"), name: text }, { requiredKeys: ["role"] }),
  fc.record({ css: fc.constant("#main > a") }),
  fc.record({ label: text }),
  fc.record({ testId: fc.constant("add") }),
);
const step = fc.oneof(
  fc.record({ goto: address }),
  fc.record({ click: target }),
  fc.record({ fill: target, with: text }),
  fc.record({ select: target, option: text }),
  fc.record({ press: fc.constant("Enter"), on: target }, { requiredKeys: ["press"] }),
  fc.record({
    expect: fc.oneof(
      text,
      fc.record({ gone: target }),
      fc.record({ value: target, is: fc.oneof(text, fc.constant("07")) }),
      fc.record({ count: target, is: fc.nat({ max: 9 }) }),
    ),
  }),
);
const flow = fc.record(
  {
    url: address,
    steps: fc.array(step, { maxLength: 4 }),
    status: fc.constant(404),
    ignore: fc.array(fc.record({ rule: fc.constant("axe/label"), because: text }), {
      minLength: 1,
      maxLength: 2,
    }),
  },
  { requiredKeys: ["url"] },
);
const scope = fc.record(
  {
    picks: fc.array(fc.nat(), { maxLength: 3 }),
    crawl: fc.nat({ max: 5 }),
    external: fc.boolean(),
  },
  { requiredKeys: ["picks"] },
);
/** An app with flows, and what of a plan names them; `picks` become names of flows. */
const lookedAt = fc.record({
  app: fc.record(
    {
      run: fc.constantFrom("node server.js", "true", "serve --port {port}"),
      prepare: fc.array(line, { minLength: 1, maxLength: 2 }),
      port: fc.integer({ min: 1, max: 65_535 }),
      ready: address,
      readySeconds: fc.constantFrom(5, 90),
      env: fc.dictionary(
        fc.stringMatching(/^X_[A-Z]{1,4}$/),
        line.map((value) => `v${value}`),
      ),
      origins: fc.constant(["https://tiles.example.org"]),
    },
    { requiredKeys: ["run"] },
  ),
  flows: fc.array(flow, { minLength: 1, maxLength: 3 }),
  ui: fc.array(fc.option(scope), { maxLength: 4 }),
  checked: fc.array(fc.nat(), { maxLength: 4 }),
  looks: fc.array(fc.option(scope), { maxLength: 4 }),
});

type Looked = typeof lookedAt extends fc.Arbitrary<infer Value> ? Value : never;
type Scoped = NonNullable<Looked["ui"][number]>;

/** Milestones look at flows by number: at most those that there are. */
function withLooks<Milestone extends { features: object[]; checks: object[] }>(
  milestones: Milestone[],
  { flows, ui, checked, looks }: Looked,
): (Milestone & { ui?: object })[] {
  const nameOf = (n: number) => `flow ${n % flows.length}`;
  const scoped = ({ picks, ...rest }: Scoped) => ({
    ...rest,
    flows: [...new Set(picks.map(nameOf))],
  });
  return milestones.map((milestone, m) => {
    const [seen, pick, look] = [ui[m], checked[m], looks[m]];
    const sentence = "It can be used";
    const byFlow = { method: "browser", flow: nameOf(pick ?? 0) };
    const feature = { title: "Look", kind: "browser-qa", dependsOn: [] };
    return {
      ...milestone,
      ...(seen ? { ui: scoped(seen) } : {}),
      checks: [...milestone.checks, ...(pick === undefined ? [] : [{ sentence, verify: byFlow }])],
      features: [...milestone.features, ...(look ? [{ ...feature, qa: scoped(look) }] : [])],
    };
  });
}

/** Ids that YAML would take for numbers; the first feature of all keeps its place's. */
const idOf = (style: number, m: number, f: number) =>
  m + f === 0 || style === 0 ? undefined : style === 1 ? `${m + 1}e${f + 1}` : `0x${m + 1}${f + 1}`;

/** Legal plans as people write them; most ids are left out, dependencies go to features before. */
export const writtenPlans: fc.Arbitrary<Written> = fc
  .record(
    {
      title: line,
      goal: text,
      type: fc.constantFrom(...GOAL_TYPES),
      level: fc.constantFrom(...OUTCOME_LEVELS),
      mode: fc.constantFrom("poc", "full"),
      workspace: fc.constantFrom("git", "folder"),
      scope: fc.record({ non_goals: fc.array(text, { maxLength: 3 }) }),
      deadline: fc.constantFrom("2030-01-31", "2030-01-31T10:00:00+02:00"),
      deadline_zone: fc.constantFrom("UTC", "Europe/Berlin", "Pacific/Chatham"),
      at_deadline: fc.constantFrom("finish", "stop", "ask"),
      looked: lookedAt,
      preferences: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_.-]{0,8}$/), text),
      model_routing: fc.record({ workers: fc.constant("openai/gpt-5") }),
      budget: fc.record({
        money_usd: fc.double({ min: 0.01, max: 1_000_000, noNaN: true }),
        time_hours: fc.double({ min: 0.01, max: 8_760, noNaN: true }),
        token_limit: fc.integer({ min: 1, max: 1e12 }),
      }),
      milestones: fc.array(
        fc.record({
          title: line,
          checks,
          features: fc.array(
            fc.record(
              {
                title: line,
                commands: fc.array(text, { minLength: 1, maxLength: 4 }),
                brief: text,
                touches: fc.array(path, { maxLength: 3 }),
                checks,
                needs: fc.array(fc.nat(), { maxLength: 3 }),
                helps: fc.array(fc.nat(), { maxLength: 3 }),
                rewrites: fc.array(path, { minLength: 1, maxLength: 2 }),
                style: fc.nat({ max: 2 }),
                agent: fc.constant("manual"),
                size: fc.constantFrom(...SIZES),
                tier: fc.constantFrom(...TIERS),
                model: fc.constant("openai/gpt-5"),
              },
              { requiredKeys: ["title", "brief", "needs", "helps", "style"] },
            ),
            { minLength: 1, maxLength: 6 },
          ),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    },
    { requiredKeys: ["title", "goal", "budget", "milestones"] },
  )
  .map(({ looked, ...plan }) => {
    const before: string[] = [];
    const milestones = plan.milestones.map((milestone, m) => ({
      ...milestone,
      features: milestone.features.map(({ needs, helps, style, ...feature }, f) => {
        const id = idOf(style, m, f);
        const dependsOn =
          before.length === 0 ? [] : needs.map((n) => before[n % before.length] ?? "");
        before.push(id ?? `${m + 1}.${f + 1}`);
        const count = milestone.checks.length;
        const serves = helps.map((n) => checkId(undefined, `${m + 1}`, n % Math.max(1, count)));
        if (feature.agent === "manual") delete feature.commands;
        return {
          ...feature,
          ...(id === undefined ? {} : { id }),
          dependsOn,
          ...(count === 0 || serves.length === 0 ? {} : { serves: [...new Set(serves)] }),
        };
      }),
    }));
    if (looked === undefined) return { ...plan, milestones };
    const { app, flows } = looked;
    return {
      ...plan,
      app,
      flows: flows.map((each, n) => ({ name: `flow ${n}`, ...each })),
      milestones: withLooks(milestones, looked),
    };
  });
