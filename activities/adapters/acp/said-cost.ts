/** What an agent says that its work cost, added up over the sessions and turns of one attempt. Where one said nothing, the whole is unknown. */
import type { ReportedTokens } from "./session.js";

export interface SaidCost {
  /** @param beforeMicroUsd what a session that is taken up again had cost before; 0 for a new one. */
  newSession(beforeMicroUsd: number): void;
  /** @param microUsd of its session so far. */
  hear(microUsd: number): void;
  newTurn(): void;
  endTurn(tokens: ReportedTokens | undefined): void;
  /** Of its session so far; undefined while it says nothing. */
  sessionMicroUsd(): number | undefined;
  /** Of this attempt, as far as it has said. */
  soFarMicroUsd(): number;
  /** `asked`: it was given work at all. */
  total(): {
    asked: boolean;
    tokens: ReportedTokens | undefined;
    costMicroUsd: number | undefined;
  };
}

export function createSaidCost(): SaidCost {
  let earlierMicroUsd = 0;
  let turns = 0;
  let isSilent = false;
  const told: ReportedTokens[] = [];
  const newest = { beforeMicroUsd: 0, saidMicroUsd: undefined as number | undefined, turns: 0 };
  const ofSession = () => (newest.saidMicroUsd ?? 0) - newest.beforeMicroUsd;
  const soFarMicroUsd = () =>
    earlierMicroUsd + (newest.saidMicroUsd === undefined ? 0 : Math.max(0, ofSession()));
  return {
    newSession: (beforeMicroUsd) => {
      earlierMicroUsd = soFarMicroUsd();
      isSilent ||= newest.turns > 0 && newest.saidMicroUsd === undefined;
      Object.assign(newest, { beforeMicroUsd, saidMicroUsd: undefined, turns: 0 });
    },
    hear: (microUsd) => {
      // Some count anew with each process, also in a session that goes on.
      if (newest.saidMicroUsd === undefined && microUsd < newest.beforeMicroUsd)
        newest.beforeMicroUsd = 0;
      newest.saidMicroUsd = Math.max(newest.saidMicroUsd ?? 0, microUsd);
    },
    newTurn: () => {
      turns += 1;
      newest.turns += 1;
    },
    endTurn: (tokens) => {
      if (tokens !== undefined) told.push(tokens);
    },
    sessionMicroUsd: () => newest.saidMicroUsd,
    soFarMicroUsd,
    total: () => ({
      asked: turns > 0,
      tokens: turns > 0 && told.length === turns ? sumOf(told) : undefined,
      costMicroUsd: isSilent || newest.saidMicroUsd === undefined ? undefined : soFarMicroUsd(),
    }),
  };
}

const sumOf = (told: readonly ReportedTokens[]): ReportedTokens =>
  told.reduce((sum, each) => ({
    inputTokens: sum.inputTokens + each.inputTokens,
    outputTokens: sum.outputTokens + each.outputTokens,
    totalTokens: sum.totalTokens + each.totalTokens,
  }));
