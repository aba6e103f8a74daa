/** What the Recovery Log and its gates say: what is not done again, what comes next, and when a blocked feature goes on. */
import { cleanLine } from "./clean-text.js";
import type { RecoveryStep, Rung, SafetyStop } from "./recovery.js";

export interface RouteFacts {
  missionId: string;
  featureId: string;
  /** An earlier state in which so many of its checks passed, and after which something went wrong. */
  verified?: { passed: number } | undefined;
  /** ms before it goes on by itself, where it waits. */
  laterMs: number;
  /** Where it was stopped. */
  hostId?: string | undefined;
}

const NOT_AGAIN: Record<SafetyStop, string> = {
  resources: "what passed the sandbox's limit is not run again as it was",
  "no-progress": "the calls that led nowhere are not made again",
  checks: "the same repairs are not made once more",
  integration: "it is not merged beside changes of the same files as before",
  model: "the conversation that the model did not take is not sent again",
  agent: "its agent is not started again as it was",
  host: "it does not stay on a host that cannot do it",
  outside: "who does not answer is not asked again at once",
};

export const notAgainOf = (stop: SafetyStop, { hostId }: RouteFacts): string =>
  stop === "host" && hostId !== undefined
    ? `it does not go on as it was on host ${hostId}`
    : NOT_AGAIN[stop];

export function routeOf(rung: Exclude<Rung, "blocked">, facts: RouteFacts): string {
  switch (rung) {
    case "narrow":
      return "it goes on from its checkpoint with the smallest step toward its first failing check";
    case "serialise":
      return "it runs again alone, when what runs beside it has ended";
    case "split":
      return "it becomes parts that follow each other and share its checks out";
    case "reuse": {
      const passed = facts.verified?.passed ?? 0;
      const checks = passed === 1 ? "1 of its checks" : `${passed} of its checks`;
      return `it goes on from the state in which ${checks} passed; what came after is dropped`;
    }
    case "move":
      return "it goes on at another host";
    case "later":
      return `it waits ${span(facts.laterMs)} and then goes on by itself`;
  }
}

/** What has to be true before a person has it run again. */
const RESUMES: Record<SafetyStop, string> = {
  resources:
    "it needs less, or its sandbox may have more (memory_mb, processes, cpu_seconds under sandbox: in settings.yaml)",
  "no-progress":
    "its brief says more or asks for less (npx missions plan edit, npx missions steer)",
  checks: "what fails is mended, or the plan asks for something else (npx missions plan edit)",
  integration: "its change and the mission's branch fit together",
  model: "another model is named for it, or its brief is another (npx missions plan edit)",
  agent: "its agent can be started (npx missions doctor)",
  host: "its host has what it needs (npx missions doctor)",
  outside: "the one that was asked answers again",
};

export const conditionOf = (stop: SafetyStop, { missionId, featureId }: RouteFacts): string =>
  `it goes on when ${RESUMES[stop]}: then npx missions retry ${missionId} ${featureId}`;

/** One line of the Recovery Log, with all four parts. */
export const recoveryLine = ({ featureId, stop, why, rung, notAgain, next }: RecoveryStep) =>
  `Feature ${featureId} was stopped (${stop}): ${ended(why)} Not again: ${ended(notAgain)} Next (${rung}): ${ended(next)}`;

const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** As `15 min`. */
function span(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  return ms < 60_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}

const WHY = 300;

/** What the agent is told that goes on after a stop. */
export function adviceOf(
  rung: Exclude<Rung, "blocked">,
  {
    stop,
    why,
    notAgain,
    failed,
    passed,
  }: {
    stop: SafetyStop;
    why: string;
    notAgain: string;
    /** Ids of checks that fail still. */
    failed: readonly string[];
    passed: number;
  },
): string {
  // Tools, tests and models may have said why; notes are followed.
  const said = JSON.stringify(cleanLine(why, WHY));
  const stopped = `Your work was stopped for safety (${stop}); what was said of it, as data: ${said}. Do not go that way again: ${ended(notAgain)}`;
  const [first] = failed;
  const step = first === undefined ? "your first check that fails" : `the check ${first}`;
  switch (rung) {
    case "narrow":
      return `${stopped} Take the smallest step toward ${step}, see whether it holds, and only then the next one.${stop === "resources" ? ` Stay well below that limit: do less at once, in smaller pieces.` : ""}`;
    case "reuse":
      return `${stopped} Your workspace is again as it was when ${passed} of its checks passed, and what you did after that is gone. Keep what is there; only this fails still: ${failed.join(", ")}.`;
    case "serialise":
      return `${stopped} Nothing else runs beside you now.`;
    case "split":
    case "move":
    case "later":
      return `${stopped} Go on from where you are.`;
  }
}
