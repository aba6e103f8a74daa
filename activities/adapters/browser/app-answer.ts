/** Waits until an app answers: any HTTP status below 500 at its path, redirects on its own address followed. */
import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

const EVERY_MS = 100;
/** Of one question: a first page may be compiled for it. */
const ANSWER_MS = 15_000;
const REDIRECTS = 20;

export type Answering =
  | { kind: "answers" }
  | { kind: "ended" }
  /** What appeared in place of the socket is none. */
  | { kind: "foreign" }
  | { kind: "redirects"; paths: string[] }
  | { kind: "error-status"; status: number }
  | { kind: "not-http" }
  | { kind: "silent" };

export interface Awaiting {
  /** True once there is a socket to ask. */
  ready: () => Promise<boolean | "foreign">;
  socket: string;
  port: number;
  path: string;
  hasEnded: () => boolean;
  limitMs: number;
  signal: AbortSignal;
}

/** @throws the signal's reason when it is aborted meanwhile. */
export async function awaitAnswer(awaiting: Awaiting): Promise<Answering> {
  const { signal, limitMs, hasEnded } = awaiting;
  const endsMs = Date.now() + limitMs;
  let last: Answering = { kind: "silent" };
  let isReady = false;
  for (;;) {
    signal.throwIfAborted();
    if (hasEnded()) return { kind: "ended" };
    const left = endsMs - Date.now();
    if (left <= 0) return last;
    if (!isReady) {
      const found = await awaiting.ready();
      if (found === "foreign") return { kind: "foreign" };
      isReady = found;
    }
    if (isReady) {
      const answer = await follow(awaiting, Math.min(left, ANSWER_MS));
      if (answer.kind === "answers" || answer.kind === "redirects") return answer;
      // One that began to answer is no longer silent, whatever the last try says.
      if (answer.kind !== "silent" || last.kind === "silent") last = answer;
    }
    await delay(Math.min(EVERY_MS, Math.max(1, left)), undefined, { signal }).catch(
      () => undefined,
    );
  }
}

/** With the cookies that it sets on the way: some apps redirect until they get one back. */
async function follow({ socket, port, path, signal }: Awaiting, ms: number): Promise<Answering> {
  const origin = `http://localhost:${port}`;
  const cookies = new Map<string, string>();
  const paths: string[] = [];
  let at = new URL(path, origin);
  while (paths.length < REDIRECTS) {
    const where = `${at.pathname}${at.search}`;
    paths.push(where);
    const answer = await ask({ socket, host: at.host, path: where, cookies, ms, signal });
    if (answer.kind !== "status") return answer;
    const { status, location } = answer;
    if (status >= 500) return { kind: "error-status", status };
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined)
      return { kind: "answers" };
    const next = URL.canParse(location, at.href) ? new URL(location, at.href) : undefined;
    if (next === undefined || !isOwn(next, port)) return { kind: "answers" };
    at = next;
  }
  return { kind: "redirects", paths };
}

const isOwn = ({ protocol, hostname, port }: URL, own: number) =>
  protocol === "http:" &&
  ["localhost", "127.0.0.1", "[::1]"].includes(hostname) &&
  Number(port === "" ? 80 : port) === own;

type Asked =
  | { kind: "status"; status: number; location: string | undefined }
  | { kind: "not-http" }
  | { kind: "silent" };

interface Question {
  socket: string;
  host: string;
  path: string;
  cookies: Map<string, string>;
  ms: number;
  signal: AbortSignal;
}

const ask = ({ socket, host, path, cookies, ms, signal }: Question) =>
  new Promise<Asked>((resolve) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const asked = request({
      socketPath: socket,
      path,
      agent: false,
      headers: {
        host,
        accept: "text/html,application/xhtml+xml,*/*;q=0.8",
        ...(cookie === "" ? {} : { cookie }),
      },
      signal: AbortSignal.any([signal, AbortSignal.timeout(ms)]),
    });
    asked.on("error", (error: NodeJS.ErrnoException) => {
      resolve({ kind: error.code?.startsWith("HPE_") === true ? "not-http" : "silent" });
    });
    asked.on("response", (answer) => {
      for (const line of answer.headers["set-cookie"] ?? []) {
        const [, name, value] = /^([^=;\s]+)=([^;]*)/.exec(line) ?? [];
        if (name !== undefined && value !== undefined) cookies.set(name, value);
      }
      resolve({
        kind: "status",
        status: answer.statusCode ?? 0,
        location: answer.headers.location,
      });
      answer.destroy();
    });
    asked.end();
  });
