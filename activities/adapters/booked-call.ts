/** The one way to pay: in the journal before the call, fenced, made, and in the journal again with its bill. */
import type { Amount, Role } from "../../domain/mission.js";
import type { Fence } from "../fence.js";
import { bookedCost } from "../metering.js";
import type { PaidRun } from "../paid-run.js";
import type { CallUsage, PricePort } from "../ports.js";

/** Between the server's yes and the call there must be no pause in which a successor could have begun. */
const STALE_FENCE_MS = 2_000;
const NO_TOKENS = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };

/** What a call turned out to cost: its usage, certainly nothing, or nobody knows and its worst case counts. */
export type Bill = { kind: "told"; usage: CallUsage } | { kind: "none" } | { kind: "worst" };

export interface BookedCall {
  run: PaidRun;
  prices: PricePort;
  role: Role;
  model: string;
  worst: Amount;
}

export type Booked<T> =
  | { kind: "made"; cost: Amount; made: T }
  /** No call was made: the attempt may not pay any more. */
  | { kind: "held"; fence: Exclude<Fence, "go"> };

/**
 * Makes one paid call. The worst case counts as spent from the first line on, before anything is awaited, so that callers may
 * fit several calls into one slice at once.
 * @throws what the journal, the fence or `make` throws; a call whose `make` throws counts at its worst case.
 */
export async function bookCall<T extends { bill: Bill; requestId?: string | undefined }>(
  call: BookedCall,
  make: () => Promise<T>,
): Promise<Booked<T>> {
  const { run, prices, role, model, worst } = call;
  const { account, attempt } = run;
  const id = await account.open({ attempt, role, model, worst });
  const fence = await freshFence(run).catch(async (error: unknown) => {
    await account.closeUnbilled(id);
    throw error;
  });
  if (fence !== "go") {
    await account.closeUnbilled(id);
    return { kind: "held", fence };
  }
  const unknown = { cost: worst, tokens: NO_TOKENS, worstCase: true };
  const made = await make().catch(async (error: unknown) => {
    await account.close(id, { ...unknown, priceSource: prices.source(model) });
    throw error;
  });
  const { bill, requestId } = made;
  if (bill.kind === "none") {
    await account.closeUnbilled(id);
    return { kind: "made", cost: { microUsd: 0, tokens: 0 }, made };
  }
  const said = {
    priceSource: prices.source(model),
    ...(requestId === undefined ? {} : { requestId }),
  };
  if (bill.kind === "worst") {
    await account.close(id, { ...unknown, ...said });
    return { kind: "made", cost: worst, made };
  }
  const { usage } = bill;
  const { cost } = bookedCost(prices, model, usage, worst);
  await account.close(id, {
    ...said,
    cost,
    tokens: {
      input: usage.inputTokens,
      cacheRead: usage.cacheReadTokens,
      cacheWrite: usage.cacheWriteTokens,
      output: usage.outputTokens,
      reasoning: usage.reasoningTokens,
    },
  });
  return { kind: "made", cost, made };
}

/** A process that was frozen after the answer asks again. */
async function freshFence(run: PaidRun): Promise<Fence> {
  for (;;) {
    const askedMs = run.now();
    const fence = await run.fence();
    if (fence !== "go" || run.now() - askedMs <= STALE_FENCE_MS) return fence;
  }
}
