/** Targets of a Makefile or justfile that have the name of what they do. */
import type { Step } from "../detection.js";
import { factsOf, type Manifests } from "../interview/repository-facts.js";

export function makeSteps({ Makefile, GNUmakefile, justfile }: Manifests): Step[] {
  const texts: Manifests = {
    ...(Makefile === undefined ? {} : { Makefile }),
    ...(GNUmakefile === undefined ? {} : { GNUmakefile }),
    ...(justfile === undefined ? {} : { justfile }),
  };
  const { buildCommand, lintCommand, testCommand } = factsOf([], texts);
  return (
    [
      ["build", buildCommand],
      ["lint", lintCommand],
      ["test", testCommand],
    ] as const
  ).flatMap(([kind, run]) => (run === undefined ? [] : [{ kind, run, by: "repository" as const }]));
}
