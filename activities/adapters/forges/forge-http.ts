/** Requests to a forge that has no client library of the care we need: nothing is repeated that may have happened. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ForgePlace } from "../../../domain/forge-place.js";
import { MOVED } from "../../../domain/forge-refusals.js";
import { ForgeUnavailable, type ForgeReply, isRateLimited, refusalOf } from "./forge-errors.js";
import { retryAtMs } from "../retry-after.js";

const ANSWER_MS = 30_000;
const READ_TRIES = 3;
const BETWEEN_READS_MS = 500;
/** Longer waits end the activity, which Temporal runs again then. */
const LONGEST_WAIT_MS = 60_000;
const WAITS = 2;
const LARGEST_BYTES = 20_000_000;

export interface ForgeAccess {
  place: ForgePlace;
  token: string;
  signal: AbortSignal;
  now: () => number;
  /** What a second of waiting takes in ms; a test makes it short. */
  secondMs?: number;
}

export interface ForgeHttp {
  get(path: string, query?: Record<string, string>): Promise<ForgeAnswer>;
  /** Contract: sent once. After ForgeUnavailable it may have happened. Answers of 400 and more are returned if `accepts` says so. */
  write(
    method: "POST" | "PATCH" | "PUT",
    path: string,
    body: unknown,
    accepts?: readonly number[],
  ): Promise<ForgeAnswer>;
}

export interface ForgeAnswer extends ForgeReply {
  body: unknown;
}

/** @param authorize the header that carries the token: `authorization`, which no fetch sends on to another host. */
export function createForgeHttp(access: ForgeAccess, authorize: string): ForgeHttp {
  const { place, now, signal, secondMs = 1_000 } = access;
  const once = async (method: string, path: string, body?: unknown): Promise<ForgeAnswer> => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    try {
      const answer = await fetch(`${place.apiUrl}${path}`, {
        method,
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
        headers: {
          accept: "application/json",
          authorization: `${authorize} ${access.token}`,
          "user-agent": "missions",
          ...(text === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(text === undefined ? {} : { body: text }),
      });
      return await readAnswer(answer);
    } catch {
      signal.throwIfAborted();
      // neither message nor cause of the library: they may hold the request
      return { status: 0, headers: {}, says: "", body: undefined };
    }
  };
  /** What was refused for its rate was not done, so it may be sent again. */
  const patiently = async (run: () => Promise<ForgeAnswer>): Promise<ForgeAnswer> => {
    for (let n = 0; ; n += 1) {
      const answer = await run();
      if (!isRateLimited(answer) || n === WAITS) return answer;
      const waitMs = (retryAtMs(answer.headers, now()) ?? now() + 1_000) - now();
      if (waitMs > LONGEST_WAIT_MS) return answer;
      await sleep((Math.max(waitMs, 1_000) / 1_000) * secondMs, undefined, { signal });
    }
  };
  const orThrow = (answer: ForgeAnswer, accepts: readonly number[] = []): ForgeAnswer => {
    if (answer.status >= 200 && answer.status < 300) return answer;
    if (accepts.includes(answer.status)) return answer;
    throw refusalOf(place, answer, now());
  };
  return {
    get: async (path, query = {}) => {
      const search = new URLSearchParams(query).toString();
      for (let n = 1; ; n += 1) {
        const answer = await patiently(() =>
          once("GET", search === "" ? path : `${path}?${search}`),
        );
        try {
          return orThrow(answer);
        } catch (error) {
          const passes = error instanceof ForgeUnavailable && !isRateLimited(answer);
          if (!passes || n === READ_TRIES) throw error;
          await sleep((BETWEEN_READS_MS / 1_000) * secondMs * n, undefined, { signal });
        }
      }
    },
    write: async (method, path, body, accepts) =>
      orThrow(await patiently(() => once(method, path, body)), accepts),
  };
}

async function readAnswer(answer: Response): Promise<ForgeAnswer> {
  const headers = Object.fromEntries(answer.headers);
  const isRedirect = answer.status >= 300 && answer.status < 400;
  const status = isRedirect || answer.type === "opaqueredirect" ? MOVED : answer.status;
  if (Number(headers["content-length"] ?? 0) > LARGEST_BYTES) throw new RangeError("too much");
  const text = await answer.text();
  const body = parsed(text);
  return { status, headers, body, says: saysOf(body) };
}

function parsed(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined; // a page of a proxy
  }
}

/** `message` is a text, a list of texts, or texts by field. */
export function saysOf(body: unknown): string {
  if (typeof body === "string") return body;
  if (Array.isArray(body)) return body.map(saysOf).filter(Boolean).join("; ");
  if (typeof body !== "object" || body === null) return "";
  const { message, error, errors } = body as Record<string, unknown>;
  if (message === undefined && error === undefined && errors === undefined)
    return Object.values(body).map(saysOf).filter(Boolean).join("; ");
  return [message, error, errors].map(saysOf).filter(Boolean).join(": ");
}

const PAGES = 20;

/** All items of a list, page by page; the forge's own links are never followed. */
export async function listAll(
  http: ForgeHttp,
  path: string,
  query: Record<string, string>,
): Promise<unknown[]> {
  const items: unknown[] = [];
  for (let page = 1; page <= PAGES; page += 1) {
    const { body, headers } = await http.get(path, { ...query, page: String(page) });
    if (!Array.isArray(body)) return [body]; // the reader says what it wanted
    items.push(...(body as unknown[]));
    if (!/rel="next"/.test(headers["link"] ?? "")) break;
  }
  return items;
}
