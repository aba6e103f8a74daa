/** Counting tokens: free of charge where it is passed on, so nothing is booked. */
import { scrub } from "../model-errors.js";
import { respond } from "./paid-pass.js";
import type { PassedCall } from "./paid-pass.js";
import { bodyOf } from "./passing.js";
import { refuse } from "./refusal.js";
import { toldHeaders } from "./upstream.js";

const LARGEST_COUNT_BYTES = 256 * 1024;

/** @throws Refusal, or the error of the connection. */
export async function passCount(call: PassedCall): Promise<void> {
  const { session, asked, upstream, response, gone, path, headers } = call;
  const stopped = session.stop();
  if (stopped !== undefined) throw session.stopFor(stopped);
  const body = JSON.stringify(asked.countBody?.(call.name) ?? {});
  const reply = await session
    .ask({ upstream, path, headers, body, signal: gone })
    .catch(() => refuse(`${upstream.provider} cannot be reached.`, 502));
  const status = reply.statusCode ?? 502;
  const text = scrub(await bodyOf(reply, LARGEST_COUNT_BYTES), upstream.secrets);
  const isRedirect = status >= 300 && status < 400;
  respond(
    response,
    isRedirect ? 502 : status,
    isRedirect ? "{}" : text,
    toldHeaders(reply.headers, upstream.secrets),
  );
}
