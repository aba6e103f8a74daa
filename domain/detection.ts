/** What a fresh checkout needs and how it is tested, by the names of its files and the text of its manifests. Pure; nothing is run. */
import { cargoSteps, goSteps, otherSteps } from "./detection/conventions.js";
import { javascriptSteps } from "./detection/javascript.js";
import { makeSteps } from "./detection/make.js";
import { pythonSteps } from "./detection/python.js";
import type { Manifests } from "./interview/repository-facts.js";

export const STEP_KINDS = ["install", "build", "lint", "test"] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** One command that is run in the checkout, in the order of `STEP_KINDS`. */
export interface Step {
  kind: StepKind;
  run: string;
  /** Who says so: the plan, a script or target of that name in the repository, or the usage of its tools. */
  by: "plan" | "repository" | "convention";
  /** Of an install below the top; `run` goes there itself. */
  folder?: string;
}

/**
 * Of all toolchains at the top of a checkout; what lies deeper is theirs to reach (workspaces).
 * @param files names at the top, and those in its test folders as `tests/test_a.py`.
 */
export function detectSteps(files: readonly string[], texts: Manifests): Step[] {
  const names = new Set(files);
  const scripts = javascriptSteps(names, texts);
  const hasScripts = scripts.length > 0 || names.has("package.json");
  const targets = makeSteps(texts);
  const conventions = [
    ...pythonSteps(files, texts, hasScripts),
    ...cargoSteps(names),
    ...goSteps(names),
    ...otherSteps(names),
  ];
  return STEP_KINDS.flatMap((kind) => {
    const of = (steps: Step[]) => steps.filter((step) => step.kind === kind);
    if (kind === "install") return [...of(scripts), ...of(conventions)];
    // A script says more than a target, and both say more than what is usual.
    const named = of(scripts).length > 0 ? of(scripts) : of(targets);
    return of(targets).length > 0 ? named : [...named, ...of(conventions)];
  });
}

/** The plan's own commands replace the tests that were detected, and what they install themselves is not installed before. */
export function withPlanTests(
  steps: readonly Step[],
  tests: readonly string[] | undefined,
): Step[] {
  if (tests === undefined) return [...steps];
  const installs = tests.some((run) => INSTALLS.test(run));
  return [
    ...steps.filter(({ kind }) => kind !== "test" && !(kind === "install" && installs)),
    ...tests.map((run): Step => ({ kind: "test", run, by: "plan" })),
  ];
}

/** A command that installs packages itself. */
export const INSTALLS =
  /\b(?:npm (?:ci|i|install)|pnpm (?:i|install)|yarn install|bun (?:i|install)|pip3? install|uv sync|poetry install|pipenv (?:install|sync))\b/;
