/** An attempt with an agent's process: turns until the work is done, with a checkpoint after each effect. */
import type { AgentDefinition } from "../../../domain/agents.js";
import type { SafetyStop } from "../../../domain/recovery.js";
import { commandFolders } from "../../../store/programs.js";
import type { AgentEnding, AgentRun } from "../../agent.js";
import type { RunningChild } from "../../ports.js";
import type { AcpAgentDependencies } from "./acp-agent.js";
import type { PermissionBounds } from "./permissions.js";
import { ownLimit } from "./own-limit.js";
import { beginning, continuation, diffSoFar, hasNews, told } from "./prompt.js";
import type { Telling } from "./prompt.js";
import { AgentUnfit, lastErrors } from "./handshake.js";
import { openSession, withinMs } from "./session.js";
import type { Session, TurnEnd } from "./session.js";
import type { SaidCost } from "./said-cost.js";
import type { SessionRecord } from "./session-record.js";
import { stateFrom } from "./state.js";
import type { AcpState } from "./state.js";

/** An agent that dies loses its turn and is started again this often. */
const RESTARTS = 2;
/** Turns that were cut off in the middle of an answer. */
const MOST_CUT = 3;
const END_MS = 10_000;
const SUMMARY_CHARACTERS = 4_000;

export interface Conversing {
  definition: AgentDefinition;
  deps: Pick<AcpAgentDependencies, "blobs" | "limits" | "look">;
  run: AgentRun;
  rules: string;
  bounds: PermissionBounds;
  record: SessionRecord;
  env: Record<string, string>;
  gatewaySocket?: string;
  /** Its program by an absolute path. */
  argv: readonly string[];
  /** Short of budget, or otherwise not to go on. */
  mustEnd: () => boolean;
  calls(): number;
  clean: (text: string) => string;
}

export interface Conversed {
  ending: AgentEnding;
  /** By the agent's own word. */
  said: ReturnType<SaidCost["total"]>;
}

export async function converse(given: Conversing): Promise<Conversed> {
  const { run, deps, record } = given;
  const look = run.plan.app === undefined ? undefined : await deps.look?.();
  const keeper = keepCheckpoints(given, stateFrom(run.resumed?.state));
  const { repair } = run.input;
  const evidence =
    repair === undefined
      ? undefined
      : Buffer.from(await deps.blobs.get(repair.evidence.sha256)).toString("utf8");
  const conversed = (ending: AgentEnding): Conversed => ({ ending, said: record.said.total() });
  const { finished } = keeper.state();
  if (finished !== undefined && !hasNews({ run, state: keeper.state() })) {
    return conversed({ kind: "done", summary: finished });
  }

  let deaths = 0;
  let cuts = 0;
  for (;;) {
    if (run.signal.aborted) return conversed({ kind: "stopped" });
    const diff = await diffSoFar(run, keeper.state());
    const child = await startChild(given, look?.readable ?? []);
    try {
      const session = await openSession(
        {
          ...given,
          child,
          cwd: run.paths.tree,
          now: () => run.now(),
          onToolEnded: keeper.toolEnded,
          mustEnd: () => run.signal.aborted || given.mustEnd() || keeper.hasFailed(),
          signal: run.signal,
          ...(deps.limits === undefined ? {} : { limits: deps.limits }),
        },
        keeper.state().sessionId,
      );
      const state = keeper.state();
      const telling = { run, rules: given.rules, evidence, state, diff, look: look?.command };
      let text = await firstText(telling, session);
      record.said.newSession(session.isResumed ? (state.costMicroUsd ?? 0) : 0);
      let end: TurnEnd;
      for (;;) {
        record.note(text);
        keeper.beginTurn(session);
        end = await session.ask(text);
        record.said.endTurn(end.kind === "stop" ? end.tokens : undefined);
        await keeper.endTurn(end.kind === "stop");
        if (end.kind !== "stop" || !isCut(end.reason) || (cuts += 1) > MOST_CUT) break;
        text = CUT;
      }
      if (end.kind === "died" && deaths < RESTARTS && !isAborted(run.signal)) {
        deaths += 1;
        record.note(`the agent ${end.how} in the middle of its turn and is started again`);
        continue;
      }
      return conversed(await endingOf(given, keeper, child, end));
    } catch (error) {
      if (error instanceof AgentUnfit) {
        const reason = given.clean(error.message).slice(0, 1_000);
        return conversed({ kind: "failed", reason, stop: "agent" });
      }
      throw error;
    } finally {
      await withinMs(child.end(), END_MS);
    }
  }
}

/** With its own paths readable, so that a program in a home can run where homes are not seen. */
async function startChild(
  { run, argv, env, gatewaySocket }: Conversing,
  forLooks: readonly string[],
): Promise<RunningChild> {
  return run.start(argv, {
    env,
    readable: [...(await commandFolders(argv)), ...forLooks],
    ...(gatewaySocket === undefined ? {} : { gatewaySocket }),
  });
}

const firstText = async (telling: Telling, session: Session): Promise<string> =>
  session.isResumed && telling.state.began ? continuation(telling) : beginning(telling);

/** Asked again after an await, which the compiler does not see as a change. */
const isAborted = (signal: AbortSignal) => signal.aborted;

const isCut = (reason: string) => reason === "max_tokens" || reason === "max_turn_requests";

const CUT = "Your turn was cut off at a limit. Go on in smaller steps.";

async function endingOf(
  { definition, record, run, clean }: Conversing,
  keeper: Keeper,
  child: RunningChild,
  end: TurnEnd,
): Promise<AgentEnding> {
  const failed = (reason: string, stop: SafetyStop): AgentEnding => ({
    kind: "failed",
    reason: clean(reason).slice(0, 1_000),
    stop,
  });
  const { name } = definition;
  switch (end.kind) {
    case "told":
      return { kind: "stopped" };
    case "stuck":
      return failed(end.why, "no-progress");
    case "error":
      return (
        ownLimit(definition, { error: end.message }, run.now()) ??
        failed(`${name} could not go on: ${end.message}`, "agent")
      );
    case "died":
      if (run.signal.aborted) return { kind: "stopped" };
      return failed(
        `${name} ${end.how} in the middle of its turn, ${RESTARTS + 1} times.${lastErrors(child)}`,
        "agent",
      );
    case "stop":
      break;
  }
  const words = clean(record.words());
  if (end.reason === "end_turn") {
    const limit = ownLimit(definition, { words }, run.now());
    if (limit !== undefined) return limit;
    const summary = (words || "The agent ended its turn without a word.").slice(
      0,
      SUMMARY_CHARACTERS,
    );
    await keeper.keep({ ...keeper.state(), finished: summary }, false);
    return { kind: "done", summary };
  }
  if (end.reason === "refusal")
    return failed(`${name} refused: ${words || "without a reason"}`, "model");
  if (isCut(end.reason))
    return failed(`${name} was cut off ${MOST_CUT + 1} times (${end.reason}).`, "no-progress");
  if (end.reason === "cancelled" && run.signal.aborted) return { kind: "stopped" };
  return failed(`${name} ended its turn as ${end.reason}. ${words}`, "agent");
}

interface Keeper {
  state(): AcpState;
  keep(state: AcpState, dirty: boolean): Promise<void>;
  /** What it is told now counts as told at the first sign that it heard: killed before, it is told again. */
  beginTurn(session: Session): void;
  /** A checkpoint soon, one at a time; those that come meanwhile become one. Between turns nothing is kept. */
  toolEnded: (dirty: boolean) => void;
  /** @param isWhole it has answered. @throws what a checkpoint threw: the work is another's now, or the disk is full. */
  endTurn(isWhole: boolean): Promise<void>;
  hasFailed(): boolean;
}

function keepCheckpoints({ run, record, clean }: Conversing, first: AcpState): Keeper {
  let state = first;
  let writing: Promise<void> = Promise.resolve();
  let waiting: { dirty: boolean } | undefined;
  let fault: { error: unknown } | undefined;
  let isTurn = false;
  let telling: AcpState | undefined;
  const hasHeard = () => {
    state = telling ?? state;
    telling = undefined;
  };
  const current = (): AcpState => {
    const costMicroUsd = record.said.sessionMicroUsd();
    const words = clean(record.words());
    const { finished: _, ...open } = state;
    return {
      ...open,
      ...(words === "" ? {} : { words }),
      ...(costMicroUsd === undefined ? {} : { costMicroUsd }),
    };
  };
  const save = (dirty: boolean) => {
    if (waiting !== undefined) {
      waiting.dirty ||= dirty;
      return;
    }
    waiting = { dirty };
    writing = writing.then(async () => {
      const due = waiting?.dirty ?? true;
      waiting = undefined;
      if (fault !== undefined) return;
      try {
        state = current();
        await run.checkpoint(state, due);
      } catch (error) {
        fault = { error };
      }
    });
  };
  return {
    state: () => state,
    keep: async (next, dirty) => {
      state = next;
      await run.checkpoint(state, dirty);
    },
    beginTurn: ({ id, isResumed }) => {
      const { costMicroUsd, ...rest } = told(state, run);
      const before = isResumed && costMicroUsd !== undefined ? { costMicroUsd } : {};
      telling = { ...rest, ...before, sessionId: id };
      isTurn = true;
    },
    toolEnded: (dirty) => {
      if (!isTurn) return;
      hasHeard();
      save(dirty);
    },
    endTurn: async (isWhole) => {
      isTurn = false;
      if (isWhole || record.words() !== "") hasHeard();
      telling = undefined;
      save(true);
      await writing;
      if (fault !== undefined) throw fault.error;
    },
    hasFailed: () => fault !== undefined,
  };
}
