/** The account of an agent that no gateway meters: the whole slice is open while it works, and closed by its own word. */
import type { Amount, Role } from "../../../domain/mission.js";
import { superseded } from "../../attempt-failure.js";
import type { PaidRun } from "../../paid-run.js";
import type { SaidCost } from "./said-cost.js";

export interface ReportedAccount {
  /** It has said that it cost more than the slice: it is to be ended. */
  isOver(costMicroUsd: number): boolean;
  /** Books what it said; the whole slice where it said nothing, nothing where it was given no work. A bill above the slice is booked in full. */
  close(said: ReturnType<SaidCost["total"]>): Promise<void>;
}

/** Contract: what is never closed counts as the whole slice. @returns why nothing may be paid, else the account. */
export async function openReportedAccount(
  run: PaidRun,
  agent: string,
  role: Role,
): Promise<ReportedAccount | { kind: "stopped" } | { kind: "needs-more"; ask: Amount }> {
  const worst = run.account.left();
  if (worst.microUsd <= 0 || worst.tokens <= 0) {
    return { kind: "needs-more", ask: run.account.spent() };
  }
  const model = `agent/${agent}`;
  const call = await run.account.open({ attempt: run.attempt, role, model, worst });
  const fence = await run.fence().catch(async (error: unknown) => {
    await run.account.closeUnbilled(call);
    throw error;
  });
  if (fence !== "go") {
    await run.account.closeUnbilled(call);
    if (fence === "superseded") throw superseded();
    return { kind: "stopped" };
  }
  return {
    isOver: (costMicroUsd) => costMicroUsd >= worst.microUsd,
    close: async ({ asked, costMicroUsd, tokens: said }) => {
      if (!asked) {
        await run.account.closeUnbilled(call);
        return;
      }
      const tokens = said?.totalTokens;
      const cost = {
        microUsd: costMicroUsd ?? worst.microUsd,
        tokens: tokens ?? worst.tokens,
      };
      await run.account.close(call, {
        cost,
        tokens: { input: tokens ?? 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 },
        priceSource: `reported by ${agent}`,
        ...(costMicroUsd === undefined ? { worstCase: true } : {}),
      });
    },
  };
}
