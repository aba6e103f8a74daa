/** Checks of an offline plan: what the repository can show by a command, and what a person has to look at. */
import { cleanLine, cleanText } from "../clean-text.js";
import type { Verify } from "../plan.js";
import type { RepositoryFacts, Scope } from "../scope.js";

/** A check before it has an id. */
export interface UnnamedCheck {
  sentence: string;
  verify: Verify;
  alreadyTrue?: boolean;
}

const SENTENCE = 1_000;
const COMMAND = 300;
/** The schema takes 200 for a milestone; some are the blueprint's. */
export const MOST_MUST_HOLD = 100;

/** Checkouts are fresh: what is needed to test must come first. Others fetch by themselves. */
const INSTALL: Record<string, string> = {
  npm: "npm ci",
  pnpm: "pnpm install --frozen-lockfile",
  yarn: "yarn install --frozen-lockfile",
  bun: "bun install --frozen-lockfile",
  composer: "composer install",
  bundler: "bundle install",
  poetry: "poetry install",
};

export const byPerson = (sentence: string): UnnamedCheck => ({
  sentence: cleanText(sentence, SENTENCE),
  verify: { method: "person" },
});

/** The tests that were there before must pass afterwards too; none without a repository. */
export function testChecks(facts: RepositoryFacts | undefined): UnnamedCheck[] {
  if (facts === undefined) return [];
  const check = byCommand("The project's own tests pass.", facts, facts.testCommand);
  return [check ?? byPerson("What worked before still works; the tests were run by hand.")];
}

/** Build and lint, once everything is together. */
export function finalChecks(facts: RepositoryFacts | undefined): UnnamedCheck[] {
  if (facts === undefined) return [];
  const lint = byCommand("The project's own lint finds nothing.", facts, facts.lintCommand);
  return [
    byCommand("The project builds.", facts, facts.buildCommand) ??
      byPerson("The project builds from a fresh checkout."),
    ...(lint === undefined ? [] : [lint]),
  ];
}

/** A command that was found by looking; one that is not plain text in one line is left to a person. */
function byCommand(
  sentence: string,
  { packageManager = "", top }: RepositoryFacts,
  command: string | undefined,
): UnnamedCheck | undefined {
  if (command === undefined || command === "" || command !== cleanLine(command, COMMAND))
    return undefined;
  const usual = Object.hasOwn(INSTALL, packageManager) ? INSTALL[packageManager] : undefined;
  const isLocked = top.includes("package-lock.json") || top.includes("npm-shrinkwrap.json");
  const install = packageManager === "npm" && !isLocked ? "npm install" : usual;
  const run = install === undefined ? command : `${install} && ${command}`;
  return { sentence, verify: { method: "bash", run }, alreadyTrue: true };
}

/** What the person said must hold, once each, in their order. */
export function mustHoldSentences({ mustHold }: Scope): string[] {
  return [...new Set(mustHold.map((sentence) => cleanText(sentence, SENTENCE)))].filter(
    (sentence) => sentence !== "",
  );
}

/** Only what is delivered can show these; all others are shown by the core. */
const SHOWN_BY_DELIVERY =
  /\b(deploy|releas|rollback|roll back|back-?up|restor|in production|go live|downtime)/i;
export const isShownByDelivery = (sentence: string): boolean => SHOWN_BY_DELIVERY.test(sentence);
