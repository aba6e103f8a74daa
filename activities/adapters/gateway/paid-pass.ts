/** One call of an agent: fitted into the slice, booked, sent to the provider, and its answer passed on while it comes. */
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { bookCall } from "../booked-call.js";
import type { Bill } from "../booked-call.js";
import { explainCallError, explainStatus, scrub } from "../model-errors.js";
import type { CallProblem } from "../model-errors.js";
import { waitForTurn } from "../rate-limits.js";
import { fitCall } from "../../metering.js";
import type { Upstream } from "../../ports.js";
import type { JsonObject } from "./json.js";
import { bodyOf, passOn } from "./passing.js";
import { refusalBody } from "./refusal.js";
import type { ShapeName } from "./routes.js";
import type { Session } from "./session.js";
import type { AskedCall, UsageReader } from "./shape.js";
import { plainHeaders, toldHeaders } from "./upstream.js";

const LARGEST_ERROR_BYTES = 256 * 1024;

export interface PassedCall {
  session: Session;
  shape: ShapeName;
  asked: AskedCall;
  /** `provider/model` that answers, and what its provider calls it. */
  model: string;
  name: string;
  path: string;
  upstream: Upstream;
  headers: IncomingHttpHeaders;
  response: ServerResponse;
  createReader: () => UsageReader;
  /** Aborted when the agent goes away or the gateway closes. */
  gone: AbortSignal;
}

interface Made {
  bill: Bill;
  requestId?: string | undefined;
  /** Ends the response; after the booking, so that the agent's next call finds the account settled. */
  finish: () => void;
  limited?: CallProblem & { kind: "rate-limit" };
}

/** @throws Refusal when no call is made. */
export async function payAndPass(call: PassedCall): Promise<void> {
  const { session, asked, model, upstream, gone } = call;
  const { run, rateLimitInlineMs, role } = session.order;
  const sized = session.memory.size(model, upstream.provider, asked.prompt);
  const signal = AbortSignal.any([run.signal, gone]);
  let waitedMs = 0;
  for (;;) {
    const stopped = session.stop();
    if (stopped !== undefined) throw session.stopFor(stopped);
    const turn = await waitForTurn(
      session.limits,
      upstream,
      { now: () => run.now(), signal },
      rateLimitInlineMs - waitedMs,
    );
    if (gone.aborted) return;
    if (turn.kind === "stopped") throw session.stopFor(await endedBy(session));
    if (turn.kind === "wait-until") throw session.stopFor(turn);
    waitedMs += turn.waitedMs;

    const { wanted } = asked.answer;
    const fit = fitCall(session.prices, model, sized.inputTokens, asked.answer, run.account.left());
    const whole = fit.kind === "fits" && fit.maxOutputTokens >= wanted;
    if (!whole && session.inFlight.size > 0) {
      // Calls in flight count at their worst case: what they leave over is known when they are done.
      await settledOrAborted(session.inFlight, signal);
      continue;
    }
    if (fit.kind === "short") throw session.stopFor({ kind: "needs-more", ask: fit.ask });

    const booking = bookCall({ run, prices: session.prices, role, model, worst: fit.worst }, () =>
      makeCall(call, fit.maxOutputTokens),
    );
    const settled = booking.catch(() => undefined);
    session.inFlight.add(settled);
    const booked = await booking
      .catch((error: unknown) => {
        // The journal or the server cannot be reached: nothing may be paid, and the attempt is run again.
        session.stopFor({ kind: "ended", why: "leave" });
        throw error;
      })
      .finally(() => session.inFlight.delete(settled));
    if (booked.kind === "held") {
      throw session.stopFor({ kind: "ended", why: booked.fence });
    }
    session.count(booked);
    const { bill, limited, finish } = booked.made;
    if (limited !== undefined) {
      session.limits.refused(upstream.limitKey, run.now(), limited.untilMs);
      continue;
    }
    if (bill.kind === "told") {
      session.limits.passed(upstream.limitKey, run.now());
      const { inputTokens, outputTokens } = bill.usage;
      session.memory.remember(sized, { promptTokens: inputTokens, outputTokens });
    }
    finish();
    return;
  }
}

async function makeCall(call: PassedCall, maxOutputTokens: number): Promise<Made> {
  const { session, asked, upstream, response, shape, gone } = call;
  const { run } = session.order;
  const body: JsonObject = asked.bodyFor(call.name, maxOutputTokens);
  const { path, headers } = call;
  if (gone.aborted) return { bill: { kind: "none" }, finish: () => undefined };
  let reply;
  try {
    const sent = { upstream, path, headers, body: JSON.stringify(body), signal: gone };
    reply = await session.ask(sent);
  } catch (error) {
    const problem = explainCallError(error, run.now(), upstream.secrets);
    const said = `${upstream.provider} cannot be reached: ${problem.message}`;
    return {
      bill: problem.billed === "no" ? { kind: "none" } : { kind: "worst" },
      finish: responding(response, 502, refusalBody(shape, 502, said)),
    };
  }
  const status = reply.statusCode ?? 0;
  if (status >= 200 && status < 300) {
    const reader = call.createReader();
    const { hidesUsage, leftOut } = asked;
    const { secrets } = upstream;
    const broken = await passOn({ reply, response, reader, secrets, hidesUsage, leftOut }).then(
      () => false,
      () => true,
    );
    const usage = reader.usage();
    return {
      bill: usage === undefined ? { kind: "worst" } : { kind: "told", usage },
      requestId: scrub(reader.requestId() ?? "", secrets).slice(0, 200),
      // A reply that broke off is broken off: its end would say that it is whole.
      finish: () => {
        if (broken) response.destroy();
        else response.end();
      },
    };
  }
  return failed(call, status, reply);
}

async function failed(
  { session, upstream, response, shape }: PassedCall,
  status: number,
  reply: Parameters<typeof bodyOf>[0],
): Promise<Made> {
  const body = scrub(await bodyOf(reply, LARGEST_ERROR_BYTES).catch(() => ""), upstream.secrets);
  const headers = plainHeaders(reply.headers);
  // A redirect would take the key elsewhere.
  if (status < 400) {
    const text = refusalBody(shape, 502, `${upstream.provider} answered with status ${status}.`);
    return { bill: { kind: "none" }, finish: responding(response, 502, text) };
  }
  const problem = explainStatus({ status, headers, body, message: "" }, session.order.run.now());
  const bill: Bill = { kind: problem.billed === "no" ? "none" : "worst" };
  if (problem.kind === "rate-limit") return { bill, limited: problem, finish: () => undefined };
  // An account without money is no limit that passes: agents would try again for ever.
  const told = status === 429 ? 400 : status;
  const kept = toldHeaders(reply.headers, upstream.secrets);
  delete kept["content-encoding"];
  return { bill, finish: responding(response, told, body, kept) };
}

const responding =
  (...what: Parameters<typeof respond>) =>
  () => {
    respond(...what);
  };

/** @param text JSON, as a rule. */
export function respond(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.writeHead(status, {
    "content-type": "application/json",
    ...headers,
    // Libraries of agents heed it: the same call would be refused again.
    ...(status < 500 ? { "x-should-retry": "false" } : {}),
  });
  response.end(text);
}

/** Why the attempt's signal was aborted, as the server has told. */
async function endedBy({ order }: Session) {
  const fence = await order.run.fence().catch(() => "leave" as const);
  return { kind: "ended", why: fence === "go" ? "stop" : fence } as const;
}

/** Resolves with the first call in flight that settles, or when nobody waits any more. */
async function settledOrAborted(inFlight: Iterable<Promise<unknown>>, signal: AbortSignal) {
  let wake = () => {};
  const aborted = new Promise<void>((resolve) => {
    wake = resolve;
  });
  signal.addEventListener("abort", wake);
  if (signal.aborted) wake();
  await Promise.race([...inFlight, aborted]);
  signal.removeEventListener("abort", wake);
}
