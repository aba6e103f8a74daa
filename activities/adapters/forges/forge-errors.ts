/** Which refusals of a forge pass by themselves, and which a person has to mend. */
import type { ForgePlace } from "../../../domain/forge-place.js";
import { refusalProblem } from "../../../domain/forge-refusals.js";
import { retryAtMs } from "../retry-after.js";

/** No answer, a failing one, or "later". What was asked for may have happened all the same: read back before any repeat. */
export class ForgeUnavailable extends Error {
  override readonly name = "ForgeUnavailable";
  /** ms since the epoch, where the forge said when. */
  readonly retryAtMs: number | undefined;

  constructor(message: string, retryAtMs?: number) {
    super(message);
    this.retryAtMs = retryAtMs;
  }
}

export interface ForgeReply {
  /** 0: there was no answer. */
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** What it says is wrong. */
  says: string;
}

/** True for answers that ask to wait: nothing was done. */
export function isRateLimited({ status, headers, says }: ForgeReply): boolean {
  if (status === 429) return true;
  return (
    status === 403 &&
    (headers["retry-after"] !== undefined ||
      headers["x-ratelimit-remaining"] === "0" ||
      /rate limit|abuse/i.test(says))
  );
}

/** @returns what to throw: a Problem, or ForgeUnavailable. */
export function refusalOf(place: ForgePlace, reply: ForgeReply, nowMs: number): Error {
  const { host } = place;
  const { status, headers, says } = reply;
  if (isRateLimited(reply))
    return new ForgeUnavailable(
      `${host} takes no more requests for now (${status}).`,
      retryAtMs(headers, nowMs),
    );
  if (status < 500 && status !== 408 && status !== 0) return refusalProblem(place, status, says);
  const what = status === 0 ? "does not answer" : `answered with status ${status}`;
  return new ForgeUnavailable(`${host} ${what}.`, retryAtMs(headers, nowMs));
}
