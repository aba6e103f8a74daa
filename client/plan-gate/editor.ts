/** The plan as YAML in the person's editor, again and again until it is a plan, unchanged, or given up. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plan } from "../../domain/plan.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { readPlanText } from "../../store/plan-file.js";
import { planToYaml } from "../../store/plan-yaml.js";
import type { Context } from "../context.js";

/** Lines of ours at the top of the file; they are taken out before it is read. */
const OURS = "#~";
const NAME = "plan.yaml";
const HELP = [
  "Change the plan, save and close. Without a change, or emptied, the plan stays as it is.",
  "`npx missions schema plan` prints the format. Ids of features that stay must stay, too.",
];

type EditorContext = Pick<Context, "environment" | "output">;

/**
 * @param check what else must hold; a Problem of it is shown in the file like a broken rule.
 * @returns the plan as edited; the very plan that was given when nothing was changed.
 * @throws Problem without an editor, and when it is given up: the path of what was typed is told.
 */
export async function editPlanAsYaml(
  context: EditorContext,
  plan: Plan,
  check: (edited: Plan) => void = () => undefined,
): Promise<Plan> {
  const { editor } = context.environment;
  if (editor === undefined) throw noEditor();
  const folder = await mkdtemp(join(tmpdir(), "missions-plan-"));
  const path = join(folder, NAME);
  const original = planToYaml(plan);
  let body = original;
  let head = headOf(HELP);
  for (;;) {
    await writeFile(path, `${head}${body}`, { mode: 0o600 });
    const code = await runEditor(context, editor, path);
    const typed = withoutHead(await readFile(path, "utf8").catch(() => ""));
    const isUntouched = typed.trimEnd() === body.trimEnd();
    if (code !== 0) {
      if (typed.trimEnd() === original.trimEnd()) await removeQuietly(folder);
      throw editorFailed(editor, code, typed.trimEnd() === original.trimEnd() ? undefined : path);
    }
    if (isBlank(typed) || typed.trimEnd() === original.trimEnd()) {
      await removeQuietly(folder);
      return plan;
    }
    const read = readTyped(typed, check);
    if ("plan" in read) {
      await removeQuietly(folder);
      return read.plan;
    }
    // Closed again as it was: the person does not want to go on with it.
    if (isUntouched) throw givenUp(read.problem, path);
    context.output.note(`${read.problem.message} ${read.problem.remedy}`);
    body = typed;
    head = read.head;
  }
}

type Read = { plan: Plan } | { problem: Problem; head: string };

/** Lines are counted as in the file that is opened again, with the error above them. */
function readTyped(typed: string, check: (edited: Plan) => void): Read {
  const attempt = (above: number): Plan | Problem => {
    try {
      const plan = readPlanText("\n".repeat(above) + typed, NAME);
      check(plan);
      return plan;
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
  };
  const first = attempt(0);
  if (!(first instanceof Problem)) return { plan: first };
  const again = attempt(errorHead(first).split("\n").length - 1);
  const problem = again instanceof Problem ? again : first;
  return { problem, head: errorHead(problem) };
}

const errorHead = ({ message, remedy }: Problem) =>
  headOf([
    "This is not yet a plan:",
    ...`${message}\n${remedy}`.split("\n").map((line) => `  ${line}`),
    "Mend it, save and close. Close it as it is to give up: the file is kept then.",
  ]);

const headOf = (lines: readonly string[]) => lines.map((line) => `${OURS} ${line}\n`).join("");

function withoutHead(text: string): string {
  const lines = text.replace(/\r\n/g, "\n").split("\n");
  const first = lines.findIndex((line) => !line.startsWith(OURS));
  return first < 0 ? "" : lines.slice(first).join("\n");
}

const isBlank = (text: string) => text.split("\n").every((line) => /^\s*(#.*)?$/.test(line));

/** Through the shell, as git does: VISUAL may hold arguments and quotes. Ctrl-C meanwhile is the editor's. */
async function runEditor(
  { environment }: EditorContext,
  editor: string,
  path: string,
): Promise<number> {
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  try {
    return await new Promise<number>((resolve, reject) => {
      const child = spawn("/bin/sh", ["-c", `${editor} "$@"`, editor, path], {
        stdio: ["inherit", 2, 2],
        env: environment.childVariables("editor"),
      });
      child.once("error", reject);
      child.once("close", (code) => {
        resolve(code ?? 1);
      });
    });
  } finally {
    process.off("SIGINT", ignore);
  }
}

const removeQuietly = (folder: string) =>
  rm(folder, { recursive: true, force: true }).catch(() => undefined);

const WITHOUT_EDITOR =
  "Set VISUAL or EDITOR, as EDITOR=nano; or change a file: before the start with `npx missions start --plan FILE`, after it with `npx missions plan show --yaml` and `npx missions plan edit --yaml FILE`.";

const noEditor = () => new Problem(EXIT.badInput, "No editor is named.", WITHOUT_EDITOR);

function editorFailed(editor: string, code: number, path: string | undefined): Problem {
  const shown = JSON.stringify(editor.slice(0, 80));
  const kept = path === undefined ? "" : ` What you typed is in ${path}.`;
  return code === 126 || code === 127
    ? new Problem(EXIT.badInput, `The editor ${shown} cannot be run.${kept}`, WITHOUT_EDITOR)
    : new Problem(
        EXIT.badInput,
        `The editor ${shown} ended with ${code}; the plan is unchanged.${kept}`,
        "Close the editor without an error to have the change taken.",
      );
}

const givenUp = ({ message }: Problem, path: string) =>
  new Problem(
    EXIT.badInput,
    `The plan is unchanged, as what was typed is no plan: ${message}`,
    `What you typed is in ${path}; mend it, then before the start: npx missions start --plan ${path}; after it: npx missions plan edit --yaml ${path}`,
  );
