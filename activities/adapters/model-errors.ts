/** What a failed model call means: who must act, whether it was billed, and when to try again. */
import { APICallError } from "ai";
import { FAILURE } from "../../domain/failures.js";
import { failure } from "../attempt-failure.js";
import { resetAtMs } from "./reset-text.js";
import { retryAtMs } from "./retry-after.js";

export type CallProblem = { billed: "no" | "perhaps"; message: string } & (
  | { kind: "rate-limit"; untilMs: number | undefined }
  | { kind: "auth" }
  | { kind: "refused" }
  | { kind: "unavailable" }
);

const hostZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Gateways that give up waiting: the provider behind them may have answered, and billed. */
const PERHAPS_BILLED = new Set([408, 504, 524]);
/** The connection was never made, so nothing was asked. */
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** @param secrets values that must not appear in what is told on. */
export function explainCallError(error: unknown, nowMs: number, secrets: string[]): CallProblem {
  const said = error instanceof Error ? error.message : String(error);
  const message = scrub(said, secrets).slice(0, 300);
  if (!APICallError.isInstance(error) || error.statusCode === undefined || error.statusCode < 400) {
    const billed = NEVER_SENT.has(codeOf(error)) ? "no" : "perhaps";
    return { kind: "unavailable", billed, message };
  }
  const { statusCode: status, responseHeaders: headers = {}, responseBody: body = "" } = error;
  return explainStatus({ status, headers, body, message }, nowMs);
}

/** @param reply what came with a status of 400 and above. */
export function explainStatus(
  reply: { status: number; headers: Record<string, string>; body: string; message: string },
  nowMs: number,
): CallProblem {
  const { status, headers, body } = reply;
  const told = { message: `status ${status}: ${reply.message}` };
  if (status === 401 || status === 403 || status === 402 || isOutOfCredit(status, body)) {
    return { kind: "auth", billed: "no", ...told };
  }
  if (status === 429 || status === 529) {
    const untilMs =
      retryAtMs(headers, nowMs) ?? resetAtMs(`${reply.message}\n${body}`, nowMs, hostZone());
    return { kind: "rate-limit", billed: "no", ...told, untilMs };
  }
  const billed = PERHAPS_BILLED.has(status) ? "perhaps" : "no";
  if (status >= 500 || status === 408 || status === 409 || status === 425) {
    return { kind: "unavailable", billed, ...told };
  }
  return { kind: "refused", billed, ...told };
}

/** The failure for everything but a rate limit, which is no failure. */
export function callFailure(problem: CallProblem, model: string) {
  switch (problem.kind) {
    case "auth":
      return failure(
        FAILURE.modelAuth,
        `${model}: key or account refused, ${problem.message}`,
        true,
      );
    case "refused":
      return failure(FAILURE.modelRefused, `${model} refused: ${problem.message}`, true);
    case "rate-limit":
    case "unavailable":
      return failure(FAILURE.modelUnavailable, `${model}: no answer, ${problem.message}`, false);
  }
}

/** Takes known secrets out of a text, by value. */
export function scrub(text: string, secrets: readonly string[]): string {
  return secrets.reduce(
    (clean, secret) => (secret.length < 6 ? clean : clean.replaceAll(secret, "[secret]")),
    text,
  );
}

/** Some providers say "too many requests" for an account without money: waiting does not help. */
const isOutOfCredit = (status: number, body: string) =>
  status === 429 && /insufficient_quota|billing_hard_limit|credit balance/i.test(body);

/** The first code in a chain of causes. Looked at by shape: errors of the system may come from another realm. */
function codeOf(error: unknown): string {
  let at: unknown = error;
  for (let depth = 0; typeof at === "object" && at !== null && depth < 5; depth += 1) {
    if ("code" in at && typeof at.code === "string") return at.code;
    at = "errors" in at && Array.isArray(at.errors) ? at.errors[0] : "cause" in at && at.cause;
  }
  return "";
}
