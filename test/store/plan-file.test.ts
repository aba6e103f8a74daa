import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { mkdtemp, mkdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { PLAN_LIMITS } from "../../domain/plan.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { readPlan } from "../../domain/read-plan.js";
import { readPlanFile, readPlanText } from "../../store/plan-file.js";
import { canonicalPlanJson, planBlock, planToYaml } from "../../store/plan-yaml.js";
import { aLargePlan, aWrittenPlan, withFeature, writtenPlans } from "../helpers/plans.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "missions-plan-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function problemOf(reading: Promise<unknown>): Promise<Problem> {
  const error: unknown = await reading.then(
    () => new Error("no problem"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Problem)) throw error;
  expect(error.exitCode).toBe(EXIT.badInput);
  expect(error.remedy).not.toBe("");
  return error;
}

const SMALL = stringify(aWrittenPlan());

describe("a plan file", () => {
  it("is read together with the absolute path it came from", async () => {
    const path = await file("plan.yaml", SMALL);
    const { plan, source } = await readPlanFile(path);
    expect(plan).toEqual(readPlan(aWrittenPlan()));
    expect(source).toBe(path);
  });

  it("may be JSON, have Windows line ends or a byte order mark", async () => {
    const plan = readPlan(aWrittenPlan());
    const json = await file("plan.json", JSON.stringify(aWrittenPlan()));
    const windows = await file("windows.yaml", `\uFEFF${SMALL.replaceAll("\n", "\r\n")}`);
    expect((await readPlanFile(json)).plan).toEqual(plan);
    expect((await readPlanFile(windows)).plan).toEqual(plan);
  });

  it("takes ids, commands and texts as they are written, not as numbers or truth values", () => {
    const features = Array.from({ length: 10 }, (_, i) => `{title: ${i}, commands: [true]}`);
    const plan = readPlanText(
      `title: 2030\ngoal: yes\nbudget: {money_usd: 1, time_hours: 1, token_limit: 1}
preferences: {tests: true, node: 20.10}
milestones:
  - title: One
    features: [${features.join(", ")}, {id: 0x1F, title: x, dependsOn: [1.10], commands: [1]}]
`,
      "plan.yaml",
    );
    expect(plan).toMatchObject({
      title: "2030",
      goal: "yes",
      preferences: { tests: "true", node: "20.10" },
    });
    expect(plan.milestones[0]?.features.at(-2)).toMatchObject({ id: "1.10", commands: ["true"] });
    expect(plan.milestones[0]?.features.at(-1)).toMatchObject({ id: "0x1F", dependsOn: ["1.10"] });
  });

  it("may have keys without a value, which count as left out", () => {
    const plan = readPlanText(`${SMALL}deadline:\nscope:\n  non_goals:\n`, "plan.yaml");
    expect(plan).toEqual(readPlan(aWrittenPlan()));
  });

  it("that is missing, a folder, binary, empty or not UTF-8 is named", async () => {
    await mkdir(join(folder, "sub"), { recursive: true });
    const cases: [string, RegExp][] = [
      [join(folder, "none.yaml"), /^There is no plan at .*none\.yaml\.$/],
      [join(folder, "sub"), /sub is a folder/],
      [await file("binary.yaml", Uint8Array.of(116, 0, 1)), /is not text/],
      [await file("latin.yaml", Uint8Array.of(116, 58, 32, 0xe4)), /is not text/],
      [await file("empty.yaml", " \n"), /is empty/],
      ["/dev/zero", /is not a file/],
      [join(folder, "plan.yaml", "x"), /cannot be read \(ENOTDIR\)/],
      ["a\0b", /cannot be read/],
    ];
    for (const [path, told] of cases) {
      expect((await problemOf(readPlanFile(path))).message).toMatch(told);
    }
  });

  it("of 20 MB is refused without being read", async () => {
    const path = await file("large.yaml", "");
    await truncate(path, 20_000_000); // of zeros: reading it would say that it is not text
    expect((await problemOf(readPlanFile(path))).message).toMatch(
      /takes 20\.0 MB; a plan may take 10\.0 MB\.$/,
    );
  });

  it.each([
    ["a: [1\nb: : 2\n", /line 2, column 1: not valid YAML, Flow sequence/],
    ["title: x\n\ttitle: y\n", /line 2, column \d+: /],
    ["a: 1\na: 2\n", /line 2, column 1: the key a is there twice/],
    ["a: 1\n---\nb: 2\n", /line 2, column 1: a second document starts/],
    ["a: !!js/function x\n", /line 1, column 4: not valid YAML, Unresolved tag/],
    ["? [a]\n: 1\n", /not valid YAML/],
    ["[1, 2]", /^plan\.yaml is not a plan/],
    ["just text", /^plan\.yaml is not a plan/],
    ["{", /line 1/],
  ])("with the YAML %j is refused", (text, told) => {
    expect(() => readPlanText(text, "plan.yaml")).toThrow(told);
  });

  it("with aliases that would grow to gigabytes is refused at the first of them", () => {
    const lines = Array.from({ length: 12 }, (_, i) => {
      const content =
        i === 0
          ? '"lol"'
          : Array(10)
              .fill(`*a${i - 1}`)
              .join(", ");
      return `a${i}: &a${i} [${content}]`;
    });
    const bomb = lines.join("\n");
    expect(() => readPlanText(bomb, "plan.yaml")).toThrow(/line 2, column \d+: the alias \*a0 is/);
  });

  it.each(["[", "{a: ", "- "])("of %j ten thousand times is refused as too deep", (piece) => {
    expect(() => readPlanText(piece.repeat(10_000), "plan.yaml")).toThrow(Problem);
  });

  it("with 50,000 features is refused in one sentence before it is parsed", async () => {
    const [milestone = ""] = stringify(aLargePlan(1, 1_000).milestones).split(/\n(?=- )/);
    const text = `goal: x\nmilestones:\n${Array<string>(50).fill(milestone).join("\n")}\n: [`;
    expect(Buffer.byteLength(text)).toBeLessThan(PLAN_LIMITS.fileBytes);
    const problem = await problemOf(readPlanFile(await file("many.yaml", text)));
    expect(problem.message).toMatch(
      /^many\.yaml has about 500\d\d features; a mission takes 10000/,
    );
  });

  it("with 10,000 features is read", () => {
    const text = stringify(aLargePlan(10, 1_000));
    expect(readPlanText(text, "plan.yaml").milestones).toHaveLength(10);
  });
});

describe("a mission.md", () => {
  const plan = readPlan(aWrittenPlan());

  it("gives the plan of its marked block, whatever stands around it", () => {
    const text = `---\nid: m-1\nstatus: planning\n---\n\n# Greetings\n\n\`\`\`yaml\na: b\n\`\`\`\n\n## Plan\n\n${planBlock(plan)}\n\nNotes.\n`;
    expect(readPlanText(text, "mission.md")).toEqual(plan);
    expect(readPlanText(text.replaceAll("\n", "\r\n"), "mission.md")).toEqual(plan);
  });

  it("fills what the block leaves out from its frontmatter, and the block wins", () => {
    const block =
      "goal: Greet.\nbudget: {money_usd: 7}\nmilestones: " + JSON.stringify(plan.milestones);
    const text = `---\ntitle: From above\nmode: poc\ndeadline: null\nbudget:\n  money_usd: 3\n  time_hours: 4\n  token_limit: 5\nmodel_routing:\n  workers: null\n---\n\`\`\`yaml plan\n${block}\n\`\`\`\n`;
    expect(readPlanText(text, "mission.md")).toMatchObject({
      title: "From above",
      mode: "poc",
      goal: "Greet.",
      budget: { money_usd: 7, time_hours: 4, token_limit: 5 },
      model_routing: {},
    });
  });

  it("keeps a block whose commands hold fences of their own", () => {
    const fences = readPlan(aWrittenPlan({ goal: "Write:\n```yaml plan\na: b\n```\n````\n" }));
    expect(readPlanText(`# T\n\n${planBlock(fences)}\n`, "mission.md")).toEqual(fences);
  });

  it("without a plan, or with two, is refused", () => {
    expect(() => readPlanText("# T\n", "mission.md")).toThrow("mission.md carries no plan.");
    const twice = `${planBlock(plan)}\n\n${planBlock(plan)}\n`;
    expect(() => readPlanText(twice, "mission.md")).toThrow("mission.md carries two plans.");
  });

  it("has its faults named by their lines in the whole file", () => {
    const text = "# T\n\nText.\n\n```yaml plan\ntitle: x\ntitle: y\n```\n";
    expect(() => readPlanText(text, "mission.md")).toThrow(/^mission\.md, line 7, column 1: /);
  });
});

describe("a plan written as YAML", () => {
  it("reads back as the same plan, with the same JSON to hash", () => {
    fc.assert(
      fc.property(writtenPlans, (written) => {
        const plan = readPlan(written);
        const again = readPlanText(planToYaml(plan), "plan.yaml");
        expect(again).toEqual(plan);
        expect(canonicalPlanJson(again)).toBe(canonicalPlanJson(plan));
        expect(readPlanText(planBlock(plan), "mission.md")).toEqual(plan);
      }),
      { numRuns: 25 },
    );
  });

  it("writes out what two features share, as aliases are refused", () => {
    const shared = { checks: [{ sentence: "It works.", verify: { method: "person" } }] };
    const plan = readPlan(aWrittenPlan());
    const [first, second] = plan.milestones[0]?.features ?? [];
    const [check] = readPlan(withFeature(shared)).milestones[0]?.features[0]?.checks ?? [];
    if (check !== undefined) for (const feature of [first, second]) feature?.checks.push(check);
    expect(readPlanText(planToYaml(plan), "plan.yaml")).toEqual(plan);
    expect(first?.checks).toHaveLength(1);
  });

  it("has one JSON text whatever the order of its keys", () => {
    const plan = readPlan(aWrittenPlan());
    const shuffled = Object.fromEntries(Object.entries(plan).reverse()) as unknown as typeof plan;
    expect(canonicalPlanJson(shuffled)).toBe(canonicalPlanJson(plan));
    expect(parse(canonicalPlanJson(plan))).toEqual(plan);
  });
});
