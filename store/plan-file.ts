/** Reads a plan from a file: YAML (or JSON), or a mission.md that carries one. */
import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { PLAN_LIMITS, type Plan } from "../domain/plan.js";
import { EXIT, Problem } from "../domain/problem.js";
import { readPlan, type PlanOverrides } from "../domain/read-plan.js";
import { isMissing, systemCode } from "./files.js";
import { blocksOf, type Block } from "./markdown-blocks.js";
import { parsePlanYaml } from "./plan-yaml.js";

const FORMAT = "`npx missions schema plan` prints the format, examples/ has plans that run.";

/**
 * @param overrides values of the command line, put in before the rules are asked.
 * @returns the plan, complete, and the absolute path it came from.
 * @throws Problem (badInput) for a file that is missing, a folder, binary, too large or not a plan.
 */
export async function readPlanFile(
  path: string,
  overrides: PlanOverrides = {},
): Promise<{ plan: Plan; source: string }> {
  const source = resolve(path);
  const text = await readText(source, path);
  return { plan: readPlanText(text, basename(source), overrides), source };
}

/** @param name of the file; one that ends in .md is read as a mission.md. @throws Problem (badInput). */
export function readPlanText(text: string, name: string, overrides: PlanOverrides = {}): Plan {
  const value = /\.(md|markdown)$/i.test(name)
    ? missionValue(text, name)
    : parsePlanYaml(text, name);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw unusable(`${name} is not a plan: it holds no keys with values.`, FORMAT);
  }
  return readPlan(value, overrides);
}

async function readText(source: string, path: string): Promise<string> {
  let bytes: Buffer;
  try {
    const found = await stat(source);
    if (found.isDirectory()) {
      throw unusable(`${path} is a folder, not a plan.`, "Name the plan file in it.");
    }
    if (!found.isFile()) throw unusable(`${path} is not a file.`, "Name a plan file.");
    if (found.size > PLAN_LIMITS.fileBytes) throw tooLarge(path, found.size);
    bytes = await readFile(source);
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (isMissing(error)) throw unusable(`There is no plan at ${path}.`, "Check the path.");
    const code = systemCode(error) ?? "unreadable name";
    throw unusable(
      `${path} cannot be read (${code}).`,
      "Check the path and its permissions.",
      error,
    );
  }
  const text = textOf(bytes);
  if (text === undefined) {
    throw unusable(`${path} is not text: a plan is YAML in UTF-8.`, "Name a plan file.");
  }
  if (text.trim() === "") throw unusable(`${path} is empty.`, FORMAT);
  return text;
}

function tooLarge(path: string, bytes: number): Problem {
  const [found, limit] = [bytes, PLAN_LIMITS.fileBytes].map((n) => (n / 1_000_000).toFixed(1));
  return unusable(
    `${path} takes ${found ?? ""} MB; a plan may take ${limit ?? ""} MB.`,
    "Move long texts into the repository, or split the mission.",
  );
}

function textOf(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Fields that the frontmatter gives to a plan block that leaves them out. */
const FROM_FRONTMATTER = ["title", "mode", "deadline", "budget", "model_routing", "preferences"];

function missionValue(text: string, name: string): unknown {
  const blocks = blocksOf(text);
  const plans = blocks.filter(({ type, lang, meta }) => {
    return type === "code" && lang === "yaml" && /^plan\b/.test(meta ?? "");
  });
  const [block, second] = plans;
  if (block === undefined) {
    const remedy = "Put it into a block that starts with ```yaml plan and ends with ```.";
    throw unusable(`${name} carries no plan.`, remedy);
  }
  if (second !== undefined) throw unusable(`${name} carries two plans.`, "Keep one of them.");
  const value = parseInside(text, block, name);
  const front = blocks.find(({ type }) => type === "yaml");
  return front === undefined ? value : filledFrom(parseInside(text, front, name), value);
}

/** Parses what lies between the first and the last line of a fence or frontmatter. */
function parseInside(text: string, { start, end }: Block, name: string): unknown {
  const lines = text.slice(start, end).split(/\r?\n/);
  const closed = /^\s*(`{3,}|~{3,}|-{3,})\s*$/.test(lines.at(-1) ?? "");
  const linesBefore = text.slice(0, start).split("\n").length;
  return parsePlanYaml(lines.slice(1, closed ? -1 : undefined).join("\n"), name, linesBefore);
}

function filledFrom(front: unknown, plan: unknown): unknown {
  if (!isRecord(front) || !isRecord(plan)) return plan;
  const given = FROM_FRONTMATTER.filter((field) => !isBlank(front[field]));
  const filled = { ...Object.fromEntries(given.map((field) => [field, front[field]])), ...plan };
  if (isRecord(front["budget"]) && isRecord(plan["budget"])) {
    filled["budget"] = { ...front["budget"], ...plan["budget"] };
  }
  return filled;
}

const isBlank = (value: unknown) => value === undefined || value === null || value === "";
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function unusable(message: string, remedy: string, cause?: unknown): Problem {
  return new Problem(EXIT.badInput, message, remedy, cause);
}
