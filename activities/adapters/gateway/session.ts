/** What one open gateway knows: whom it pays for, what is in flight, what was metered, and why it does not go on. */
import type { Amount, Role } from "../../../domain/mission.js";
import type { Booked, Bill } from "../booked-call.js";
import type { RateLimits } from "../rate-limits.js";
import type { PaidRun } from "../../paid-run.js";
import type { GatewayStop, ModelAccessPort, OpenGateway, PricePort } from "../../ports.js";
import { createPromptMemory } from "./prompt-memory.js";
import type { PromptMemory } from "./prompt-memory.js";
import { Refusal } from "./refusal.js";
import type { Ask } from "./upstream.js";

export interface GatewayDependencies {
  models: ModelAccessPort;
  prices: PricePort;
  /** Shared with whoever else calls the same providers. */
  limits: RateLimits;
}

export interface GatewayOrder {
  run: PaidRun;
  role: Role;
  model: string;
  rateLimitInlineMs: number;
}

export interface Session extends GatewayDependencies {
  order: GatewayOrder;
  ask: Ask;
  memory: PromptMemory;
  /** Calls that are open in the journal. */
  inFlight: Set<Promise<unknown>>;
  /** Bytes of the requests that are held in memory now. */
  held: { bytes: number };
  /** Aborted when the gateway closes. */
  closing: AbortSignal;
  stop(): GatewayStop | undefined;
  /** Keeps the first reason. @returns what the agent is told. */
  stopFor(reason: GatewayStop): Refusal;
  count(
    booked: { cost: Amount; made: { bill: Bill } } & Extract<Booked<unknown>, { kind: "made" }>,
  ): void;
  metered: OpenGateway["metered"];
}

export function createSession(
  deps: GatewayDependencies,
  order: GatewayOrder,
  ask: Ask,
  closing: AbortSignal,
): Session {
  let stopped: GatewayStop | undefined;
  const total = { calls: 0, inputTokens: 0, outputTokens: 0, microUsd: 0 };
  return {
    ...deps,
    order,
    ask,
    closing,
    memory: createPromptMemory(),
    inFlight: new Set(),
    held: { bytes: 0 },
    stop: () => stopped,
    stopFor: (reason) => {
      stopped ??= reason;
      return new Refusal(400, sentenceFor(stopped));
    },
    count: ({ cost, made: { bill } }) => {
      if (bill.kind === "none") return;
      total.calls += 1;
      total.microUsd += cost.microUsd;
      if (bill.kind !== "told") return;
      total.inputTokens += bill.usage.inputTokens;
      total.outputTokens += bill.usage.outputTokens;
    },
    metered: () => ({ ...total }),
  };
}

/** Words that agents take for a limit that passes soon, or for a prompt that must be shortened, are left out on purpose. */
function sentenceFor(stop: GatewayStop): string {
  switch (stop.kind) {
    case "needs-more":
      return "the budget granted to this feature does not cover the next call. The engine asks for more and goes on later: end here.";
    case "wait-until":
      return `the provider takes no calls until ${stop.at}. The engine goes on then: end here.`;
    case "ended":
      return "this work is ended by the engine: end here.";
  }
}
