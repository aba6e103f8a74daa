/** Requests to a provider: its address and key from the configuration, of the agent's headers only those that say what is meant. */
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { scrub } from "../model-errors.js";
import type { Upstream } from "../../ports.js";

/** A provider that says nothing for so long is given up; the call counts at its worst case. */
const LONGEST_SILENCE_MS = 600_000;
/** Shorter than what servers keep idle connections: a request on one that is just closed would count as perhaps billed. */
const IDLE_CONNECTION_MS = 4_000;
const ASKED =
  /^(?:accept|user-agent|anthropic-version|anthropic-beta|openai-beta|x-goog-api-client|x-stainless-[a-z-]+|http-referer|x-title|originator|session[-_]id)$/;
const TOLD =
  /^(?:content-type|content-encoding|cache-control|request-id|x-request-id|retry-after(?:-ms)?|x-should-retry|(?:x|anthropic)-ratelimit-[a-z-]+|openai-(?:model|processing-ms|version))$/;

const keepAlive = { keepAlive: true, timeout: IDLE_CONNECTION_MS };

export interface UpstreamCall {
  upstream: Upstream;
  /** After the provider's address. */
  path: string;
  body: string;
  headers: IncomingHttpHeaders;
  signal: AbortSignal;
}

export type Ask = (call: UpstreamCall) => Promise<IncomingMessage>;

/** @returns a function that resolves with the head of the reply, whatever its status; and one that drops idle connections. */
export function createAsk(): { ask: Ask; end: () => void } {
  const http = new HttpAgent(keepAlive);
  const https = new HttpsAgent(keepAlive);
  return {
    ask: ({ upstream, path, body, headers, signal }) =>
      new Promise((resolve, reject) => {
        const url = new URL(`${upstream.baseUrl.replace(/\/+$/, "")}/${path}`);
        const secure = url.protocol === "https:";
        const sent = (secure ? httpsRequest : httpRequest)(
          url,
          {
            method: "POST",
            agent: secure ? https : http,
            signal,
            timeout: LONGEST_SILENCE_MS,
            headers: {
              ...Object.fromEntries(Object.entries(headers).filter(([name]) => ASKED.test(name))),
              "content-type": "application/json",
              "content-length": Buffer.byteLength(body),
              "accept-encoding": "identity",
              ...upstream.headers,
            },
          },
          resolve,
        );
        sent.on("timeout", () => {
          sent.destroy(new Error("the provider was silent for too long"));
        });
        sent.on("error", reject);
        sent.end(body);
      }),
    end: () => {
      http.destroy();
      https.destroy();
    },
  };
}

/** Headers of a reply as one text each. */
export const plainHeaders = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );

/** What of a reply's headers an agent is told, without secrets. */
export const toldHeaders = (
  headers: IncomingHttpHeaders,
  secrets: readonly string[],
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(plainHeaders(headers))
      .filter(([name]) => TOLD.test(name))
      .map(([name, value]) => [name, scrub(value, secrets)]),
  );
