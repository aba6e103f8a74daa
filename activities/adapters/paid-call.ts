/** One paid model call: within the slice, fenced, in the journal before it is made and after, and patient with rate limits. */
import type { Amount, Role } from "../../domain/mission.js";
import { superseded } from "../attempt-failure.js";
import { bookedCost, fitCall, promptBound } from "../metering.js";
import type { AnswerTokens } from "../metering.js";
import type { PaidRun } from "../paid-run.js";
import type { OpenedModel, PricePort } from "../ports.js";
import { addedSize, hashOf } from "./conversation.js";
import type { Conversation } from "./conversation.js";
import { callFailure, explainCallError } from "./model-errors.js";
import { callModel, extraBytes } from "./models.js";
import type { Extras, ModelReply } from "./models.js";
import type { RateLimits } from "./rate-limits.js";

/** Between the server's yes and the call there must be no pause in which a successor could have begun. */
const STALE_FENCE_MS = 2_000;

export type PaidCall =
  | { kind: "reply"; reply: ModelReply }
  | { kind: "needs-more"; ask: Amount }
  | { kind: "wait-until"; at: string; why: string }
  | { kind: "stopped" };

export interface Payer {
  run: PaidRun;
  prices: PricePort;
  limits: RateLimits;
  /** Waits for a rate limit up to this happen here; longer ones are the workflow's. */
  rateLimitInlineMs: number;
  opened: OpenedModel;
  model: string;
  role: Role;
  system: string;
  extras: Extras;
  answer: AnswerTokens;
}

/** What a call needs of a conversation, and keeps of it for the next one. */
export type PaidConversation = Pick<Conversation, "messages" | "known">;

export async function payForCall(payer: Payer, conversation: PaidConversation): Promise<PaidCall> {
  const { run, limits, opened, model } = payer;
  let waitedMs = 0;
  for (;;) {
    const waitMs = limits.blockedUntilMs(opened.limitKey) - run.now();
    if (waitMs > 0) {
      if (waitedMs + waitMs > payer.rateLimitInlineMs) {
        const at = new Date(run.now() + waitMs).toISOString();
        return { kind: "wait-until", at, why: `rate limit of ${opened.provider}` };
      }
      waitedMs += waitMs;
      await pause(waitMs, run.signal);
      continue;
    }
    if (run.signal.aborted) return { kind: "stopped" };

    const of = hashOf(model, payer.system);
    const fixedBytes = Buffer.byteLength(payer.system) + extraBytes(payer.extras);
    const added = addedSize(conversation, of, fixedBytes);
    const inputTokens = promptBound(added.known, added.bytes, added.messages);
    const fit = fitCall(payer.prices, model, inputTokens, payer.answer, run.account.left());
    if (fit.kind === "short") return { kind: "needs-more", ask: fit.ask };

    const result = await callOnce(payer, conversation, fit);
    if (result === "limited") continue;
    if (result === "stopped") return { kind: "stopped" };
    limits.passed(opened.limitKey);
    if (result.usage === undefined) delete conversation.known;
    else {
      conversation.known = {
        promptTokens: result.usage.inputTokens,
        outputTokens: result.usage.outputTokens,
        messages: conversation.messages.length,
        of,
      };
    }
    return { kind: "reply", reply: result };
  }
}

async function callOnce(
  payer: Payer,
  { messages }: PaidConversation,
  fit: { maxOutputTokens: number; worst: Amount },
): Promise<ModelReply | "limited" | "stopped"> {
  const { run, prices, opened, model, role, system, extras } = payer;
  const { account, attempt } = run;
  const call = await account.open({ attempt, role, model, worst: fit.worst });
  const fence = await freshFence(run).catch(async (error: unknown) => {
    await account.closeUnbilled(call);
    throw error;
  });
  if (fence !== "go") {
    await account.closeUnbilled(call);
    if (fence === "superseded") throw superseded();
    return "stopped";
  }
  const { maxOutputTokens } = fit;
  const { languageModel } = opened;
  const worstCase = { tokens: noTokens, priceSource: prices.source(model), worstCase: true };
  let reply: ModelReply;
  try {
    reply = await callModel({ languageModel, system, messages, maxOutputTokens, extras });
  } catch (error) {
    const problem = explainCallError(error, run.now(), opened.secrets);
    if (problem.billed === "no") await account.closeUnbilled(call);
    else await account.close(call, { cost: fit.worst, ...worstCase });
    if (problem.kind !== "rate-limit") throw callFailure(problem, model);
    payer.limits.refused(opened.limitKey, run.now(), problem.untilMs);
    return "limited";
  }
  const { usage, requestId } = reply;
  const booked = bookedCost(prices, model, usage, fit.worst);
  const tokens = usage && {
    input: usage.inputTokens,
    cacheRead: usage.cacheReadTokens,
    cacheWrite: usage.cacheWriteTokens,
    output: usage.outputTokens,
    reasoning: usage.reasoningTokens,
  };
  await account.close(call, {
    cost: booked.cost,
    requestId,
    ...(tokens === undefined ? worstCase : { tokens, priceSource: prices.source(model) }),
  });
  return reply;
}

const noTokens = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };

/** A process that was frozen after the answer asks again. */
async function freshFence(run: PaidRun) {
  for (;;) {
    const askedMs = run.now();
    const fence = await run.fence();
    if (fence !== "go" || run.now() - askedMs <= STALE_FENCE_MS) return fence;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}
