/** A local forge over HTTP that may answer late, badly or not at all; what it was asked for is done or not, as the fault says. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export const FAULTS = [
  "none",
  /** Done, and the connection is cut before a word of the answer. */
  "lost",
  /** Cut before anything is done. */
  "cut",
  /** Done, and a proxy answers instead. */
  "done-502",
  "500",
  /** Done, and the answer stops in the middle. */
  "torn",
  "primary",
  "secondary",
  "429",
] as const;
export type Fault = (typeof FAULTS)[number];

export interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
  body: Record<string, unknown>;
  authorization: string | undefined;
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface FaultyServer {
  url: string;
  asked: Asked[];
  /** What happens to the next requests, in their order; afterwards all is well. */
  faults: Fault[];
  close(): Promise<void>;
}

export async function serveForge(answer: (asked: Asked) => Answer): Promise<FaultyServer> {
  const state: Pick<FaultyServer, "asked" | "faults"> = { asked: [], faults: [] };
  const errors: unknown[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const asked = await read(request);
    const fault = state.faults.shift() ?? "none";
    const early = REFUSALS[fault]?.();
    if (fault === "cut") {
      response.destroy();
      return;
    }
    if (early !== undefined) {
      send(response, early);
      return;
    }
    state.asked.push(asked);
    const given = answer(asked);
    if (fault === "done-502") send(response, { status: 502 });
    else if (fault === "torn") tear(response, given);
    else if (fault === "lost") response.destroy();
    else send(response, given);
  };
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      errors.push(error);
      response.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked: state.asked,
    faults: state.faults,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      if (errors.length > 0) throw new AggregateError(errors, String(errors[0]));
    },
  };
}

async function read(request: IncomingMessage): Promise<Asked> {
  const url = new URL(request.url ?? "", "http://localhost");
  const body = await text(request);
  return {
    method: request.method ?? "",
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    body: body === "" ? {} : (JSON.parse(body) as Record<string, unknown>),
    authorization: request.headers.authorization,
  };
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(body === undefined ? "" : JSON.stringify(body));
}

function tear(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json", "content-length": "9999" });
  response.write(JSON.stringify(body).slice(0, 10));
  response.destroy();
}

const inASecond = () => String(Math.floor(Date.now() / 1_000) + 1);

/** Nothing is done. */
const REFUSALS: Partial<Record<Fault, () => Answer>> = {
  "500": () => ({ status: 500, body: { message: "Server Error" } }),
  primary: () => ({
    status: 403,
    body: { message: "API rate limit exceeded for user ID 1." },
    headers: {
      "x-ratelimit-limit": "5000",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": inASecond(),
    },
  }),
  secondary: () => ({
    status: 403,
    body: { message: "You have exceeded a secondary rate limit. Please wait." },
    headers: { "retry-after": "1" },
  }),
  "429": () => ({ status: 429, body: { message: "Too many" }, headers: { "retry-after": "1" } }),
};
