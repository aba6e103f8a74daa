/** Repositories over git's own smart HTTP, behind a token, as a forge offers them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface GitServer {
  url: string;
  /** What the token is now; nothing else is let in. */
  token: string;
  /** Instead of any answer from here on. */
  refuse?: { status: number; headers?: Record<string, string> };
  users: Set<string>;
  close(): Promise<void>;
}

/** @param root folder with the bare repositories. */
export async function serveGit(root: string, token: string): Promise<GitServer> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const state: GitServer = {
    url: `http://127.0.0.1:${port}`,
    token,
    users: new Set(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (state.refuse !== undefined) {
      response.writeHead(state.refuse.status, state.refuse.headers).end();
      return;
    }
    const given = /^Basic (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const [user = "", password] = Buffer.from(given, "base64").toString().split(":");
    if (password !== state.token) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="forge"' }).end();
      return;
    }
    state.users.add(user);
    const { status, headers, body } = await askGit(root, request);
    response.writeHead(status, headers).end(body);
  };
  return state;
}

async function askGit(root: string, request: IncomingMessage) {
  const url = new URL(request.url ?? "", "http://localhost");
  const { headers: asked, method = "" } = request;
  const backend = spawn("git", ["http-backend"], {
    env: {
      PATH: process.env["PATH"] ?? "",
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: method,
      CONTENT_TYPE: asked["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: asked["content-encoding"] ?? "",
      GIT_PROTOCOL: String(asked["git-protocol"] ?? ""),
      REMOTE_USER: "user",
      REMOTE_ADDR: "127.0.0.1",
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  request.pipe(backend.stdin);
  const output = await buffer(backend.stdout);
  const end = output.indexOf("\r\n\r\n");
  const lines = output.subarray(0, end).toString().split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  return {
    status: Number.parseInt(headers["Status"] ?? "200", 10),
    headers,
    body: output.subarray(end + 4),
  };
}
