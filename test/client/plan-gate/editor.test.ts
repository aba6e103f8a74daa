import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { editPlanAsYaml } from "../../../client/plan-gate/editor.js";
import { EXIT, Problem } from "../../../domain/problem.js";
import { readPlan } from "../../../domain/read-plan.js";
import { planToYaml } from "../../../store/plan-yaml.js";
import { aWrittenPlan } from "../../helpers/plans.js";
import { aContext, type TestContext } from "./a-context.js";

/** Keeps what it is shown as seen-<n>, and saves what lies in type-<n>. */
const EDITOR = `
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
const [folder, ...rest] = process.argv.slice(2);
const file = rest.at(-1);
const n = readdirSync(folder).filter((name) => name.startsWith("seen-")).length + 1;
copyFileSync(file, folder + "/seen-" + n);
writeFileSync(folder + "/arguments", JSON.stringify({ rest, mode: statSync(file).mode & 0o777 }));
if (existsSync(folder + "/type-" + n)) writeFileSync(file, readFileSync(folder + "/type-" + n));
if (existsSync(folder + "/fail-" + n)) process.exit(3);
`;

const plan = readPlan(aWrittenPlan());
const changed = readPlan(aWrittenPlan({ title: "Farewells" }));
let test: TestContext;
let desk: string;

beforeEach(async () => {
  test = await aContext();
  desk = join(test.root, "a desk");
  await mkdir(desk);
  await writeFile(join(test.root, "editor.mjs"), EDITOR);
  await use(`'${process.execPath}' '${join(test.root, "editor.mjs")}' '${desk}'`);
});
afterEach(async () => {
  await rm(test.root, { recursive: true });
});

async function use(editor: string, name = "VISUAL"): Promise<void> {
  const { root } = test;
  test = await aContext({ [name]: editor, TMPDIR: root });
  await rm(test.root, { recursive: true });
  test.root = root;
}
const typed = (n: number, text: string) => writeFile(join(desk, `type-${n}`), text);
const seen = (n: number) => readFile(join(desk, `seen-${n}`), "utf8");
const edit = (check?: Parameters<typeof editPlanAsYaml>[2]) =>
  editPlanAsYaml(test.context, plan, check);
async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error: unknown = await work.then(
    () => new Error("no problem"),
    (reason: unknown) => reason,
  );
  if (error instanceof Problem) return error;
  throw error;
}
const pathIn = (text: string) => /\/\S+plan\.yaml/.exec(text)?.[0] ?? "";

describe("editing a plan in the person's editor", () => {
  it("shows the plan in a private file and reads it back, with arguments of the command kept", async () => {
    await use(`${test.context.environment.editor ?? ""} --wait`);
    await typed(1, planToYaml(changed));
    expect(await edit()).toEqual(changed);
    const given = await seen(1);
    expect(given).toMatch(/^#~ Change the plan, save and close/);
    expect(given).toContain(planToYaml(plan));
    const { rest, mode } = JSON.parse(await readFile(join(desk, "arguments"), "utf8")) as {
      rest: string[];
      mode: number;
    };
    expect(rest[0]).toBe("--wait");
    expect(mode).toBe(0o600);
    expect(existsSync(rest[1] ?? "")).toBe(false);
  });

  it("takes EDITOR where VISUAL is not set", async () => {
    await use(test.context.environment.editor ?? "", "EDITOR");
    await typed(1, planToYaml(changed));
    expect(await edit()).toEqual(changed);
  });

  it("changes nothing when the file is saved as it was, or emptied", async () => {
    expect(await edit()).toBe(plan);
    await typed(2, " \n# nothing\n");
    expect(await edit()).toBe(plan);
  });

  it("opens broken YAML and broken rules again with the error on top, its line as in that file", async () => {
    const broken = planToYaml(changed).replace("goal:", "goal: [\ngoal:");
    await typed(1, broken);
    await typed(2, planToYaml(changed).replace("money_usd: 5", "money_usd: 0"));
    await typed(3, planToYaml(changed));
    expect(await edit()).toEqual(changed);
    const again = await seen(2);
    expect(again).toMatch(/^#~ This is not yet a plan:\n#~ {3}plan\.yaml, line (\d+), column/);
    const line = Number(/line (\d+)/.exec(again)?.[1]);
    const lines = again.split("\n");
    expect([lines[line - 1], lines[line - 2]].join()).toMatch(/goal:/);
    expect(again).toContain(broken);
    expect(await seen(3)).toMatch(
      /^#~ This is not yet a plan:\n#~ {3}The budget's money_usd is 0\./,
    );
    expect(await seen(3)).not.toMatch(/column/);
    expect(test.notes).toHaveLength(2);
  });

  it("shows what else must hold in the same way", async () => {
    await typed(1, planToYaml(changed));
    await typed(2, planToYaml(readPlan(aWrittenPlan({ title: "Third" }))));
    const edited = await edit(({ title }) => {
      if (title === "Farewells") throw new Problem(EXIT.notNow, "It has begun.", "Leave it.");
    });
    expect(edited.title).toBe("Third");
    expect(await seen(2)).toMatch(/It has begun\.\n#~ {3}Leave it\./);
  });

  it("is given up by closing broken text as it is, which is kept and named", async () => {
    await typed(1, "title: [");
    const { message, remedy } = await problemOf(edit());
    expect(message).toMatch(
      /^The plan is unchanged, as what was typed is no plan: plan\.yaml, line/,
    );
    expect(await readFile(pathIn(remedy), "utf8")).toContain("title: [");
    expect((await stat(pathIn(remedy))).mode & 0o777).toBe(0o600);
    await rm(join(pathIn(remedy), ".."), { recursive: true });
  });

  it("keeps what was typed when the editor ends with an error", async () => {
    await typed(1, planToYaml(changed));
    await writeFile(join(desk, "fail-1"), "");
    const { message } = await problemOf(edit());
    expect(message).toMatch(/ended with 3; the plan is unchanged\. What you typed is in/);
    expect(await readFile(pathIn(message), "utf8")).toContain("Farewells");
    await rm(join(pathIn(message), ".."), { recursive: true });
    await writeFile(join(desk, "fail-2"), "");
    expect((await problemOf(edit())).message).toMatch(/the plan is unchanged\.$/);
  });

  it("says in a sentence that there is no editor, and how to do without", async () => {
    await use("");
    expect(await problemOf(edit())).toMatchObject({
      exitCode: EXIT.badInput,
      message: "No editor is named.",
      remedy: expect.stringContaining("--plan FILE"),
    });
    await use("no-such-editor-anywhere --wait");
    expect((await problemOf(edit())).message).toMatch(/"no-such-editor-anywhere --wait" cannot be/);
    expect(await readdir(desk)).toEqual([]);
  });
});
