/** What an agent is told: everything at a fresh start, only what is new where it remembers the rest. */
import { join } from "node:path";
import type { PlanApp } from "../../../domain/qa.js";
import type { AgentRun } from "../../agent.js";
import { noteMessage, quoted, repairMessage } from "../brief.js";
import { hashOf } from "../conversation.js";
import type { AcpState } from "./state.js";

const DIFF = { bytes: 16_000, timeoutMs: 60_000 };

export interface Telling {
  run: AgentRun;
  /** How the engine wants work to be done; the same for all agents. */
  rules: string;
  /** Output of checks that failed, where this attempt mends them. */
  evidence: string | undefined;
  /** What is known from before, by its last checkpoint. */
  state: AcpState;
  /** As `diffSoFar`. */
  diff: string;
  /** Command by which it can look at its app, where it can. */
  look: string | undefined;
}

/** True when people, checks or reviewers have said something that the agent was not told yet. */
export const hasNews = ({ run: { input }, state }: Pick<Telling, "run" | "state">): boolean =>
  newNotes(input.notes, state).length > 0 || (input.repair?.round ?? 0) > state.repairRound;

/** Where an agent's own looks leave their reports: below its home, so that no commit takes them in. */
export const lookFolder = (home: string) => join(home, "look");

/** For a session that remembers what it was told. */
export function continuation({ run, evidence, state }: Telling): string {
  const notes = newNotes(run.input.notes, state);
  const { repair } = run.input;
  const isNew = repair !== undefined && repair.round > state.repairRound;
  return [
    ...(run.resumed?.treeLost === true ? [TREE_LOST] : []),
    ...(notes.length === 0 ? [] : [noteMessage(notes)]),
    ...(isNew ? [repairMessage(repair, evidence ?? "")] : []),
    ...(notes.length === 0 && !isNew ? [GO_ON] : []),
  ].join("\n\n");
}

/** For a session that knows nothing: the brief, and what was done so far. */
export async function beginning(telling: Telling): Promise<string> {
  const { run, rules, evidence, state, diff, look } = telling;
  const { notes, repair } = run.input;
  return [
    rules.trim(),
    await run.brief(),
    ...(look === undefined || run.plan.app === undefined
      ? []
      : [lookAdvice(look, run.plan.app, lookFolder(run.paths.home))]),
    ...(notes.length === 0 ? [] : [noteMessage(notes)]),
    ...(diff === "" ? [] : [`${BEGUN}\n${quoted(diff)}`]),
    ...(state.words === "" ? [] : [`What was said last about it:\n${quoted(state.words)}`]),
    ...(repair === undefined ? [] : [repairMessage(repair, evidence ?? "")]),
  ].join("\n\n");
}

const lookAdvice = (look: string, app: PlanApp, folder: string) =>
  `To see what you build, start the app (${JSON.stringify(app.run)}, with PORT set) in the background, with all that it says going to "$HOME/app.log" so that your shell does not wait for it, and look at it in a browser: ${look} http://localhost:PORT --out ${JSON.stringify(folder)}. It prints what is wrong, and leaves pictures and qa-report.json in that folder, which you may read; name more pages with --flows flows.yaml. Stop the app when you are done.`;

/** Once it has been told all this; that it was done before counts no more. */
export function told({ finished: _, ...state }: AcpState, { input }: AgentRun): AcpState {
  return {
    ...state,
    began: true,
    notes: input.notes.map((note) => hashOf(note)),
    repairRound: input.repair?.round ?? state.repairRound,
  };
}

const newNotes = (notes: readonly string[], state: AcpState) =>
  notes.filter((note) => !state.notes.includes(hashOf(note)));

/**
 * What was made so far, as the agent could ask for it itself: in its workspace, with its git, confined as it is.
 * Contract: not while the agent's process runs, because one child of an attempt is recorded at a time.
 */
export async function diffSoFar(attempt: AgentRun, state: AcpState): Promise<string> {
  const base = attempt.input.workspace.baseCommit;
  if (!state.began) return "";
  if (!/^[0-9a-f]{7,64}$/.test(base)) return "";
  const command = `git add --intent-to-add . && git --no-pager diff --no-ext-diff --no-textconv --no-color ${base} --`;
  const limits = { timeoutMs: DIFF.timeoutMs, outputBytes: DIFF.bytes };
  const { exitCode, output } = await attempt.run(command, limits);
  return exitCode === 0 ? output.trim() : "";
}

const TREE_LOST =
  "The workspace was made anew from the current state of the branch, so it may differ from what you saw. Look at it again and go on.";
const GO_ON =
  "You were interrupted. Look at the workspace, go on, and end when the feature is done.";
const BEGUN = "Work on it has begun. The difference between its start and the workspace now:";
