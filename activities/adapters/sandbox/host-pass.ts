/** The way out of a sandbox: an HTTP proxy on a Unix socket that lets only listed names through, to public addresses or as the owner says. */
import { lookup } from "node:dns/promises";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { pipeline, type Duplex } from "node:stream";
import {
  hostName,
  isListed,
  isOpenAt,
  type PrivateHost,
  WEB_PORTS,
} from "../../../domain/hosts.js";
import { isPrivateAddress, isPublicAddress } from "../../../store/network-address.js";

const CONNECT_MS = 30_000;
const AT_ONCE = 256;
const NOTED = 20;
/** Belong to one connection, not to the request. */
const HOP_BY_HOP =
  "connection keep-alive proxy-connection proxy-authorization proxy-authenticate te trailer upgrade";

/** The network as the worker sees it. */
export interface Outside {
  lookup(name: string): Promise<string[]>;
  connect(address: string, port: number): Socket;
}

const OUTSIDE: Outside = {
  lookup: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  connect: (host, port) => {
    const socket = connect({ host, port });
    socket.setTimeout(CONNECT_MS, () => socket.destroy(new Error("no answer")));
    return socket.once("connect", () => socket.setTimeout(0));
  },
};

export interface HostPass {
  /** What was not let through, each once. */
  refusals(): string[];
  close(): void;
}

export interface AllowedHosts {
  /** Names, asked for when the first request comes. */
  listed: () => Promise<readonly string[]>;
  /** Those whose addresses may lie in a private network, as the owner of this machine says. */
  inside?: () => readonly PrivateHost[];
}

/** Contract: closed with its child. */
export async function openHostPass(
  socket: string,
  { listed, inside = () => [] }: AllowedHosts,
  outside: Outside = OUTSIDE,
): Promise<HostPass> {
  const refused = new Set<string>();
  const open = new Set<Duplex>();
  const keep = (stream: Duplex) => {
    open.add(stream);
    stream.once("close", () => open.delete(stream));
  };
  /** @returns the address to connect to. @throws Refused */
  const admit = async (host: string, port: number): Promise<string> => {
    const where = `${host.slice(0, 100)}:${port}`;
    const refuse = (why: string) => {
      if (refused.size < NOTED) refused.add(`${where}: ${why}`);
      return new Refused(`${where}: ${why}`);
    };
    const name = hostName(host);
    if (name === undefined) throw refuse("an address, not a name");
    const isInside = isOpenAt(inside(), name, port);
    if (!isInside && !WEB_PORTS.includes(port))
      throw refuse("only ports 443 and 80 are let through");
    if (!isListed(name, await listed())) throw refuse("not on the list of hosts");
    const addresses = await outside.lookup(name).catch(() => []);
    const [address] = addresses;
    if (address === undefined) throw new Refused(`${where}: the name is not known`);
    if (addresses.every(isPublicAddress)) return address;
    const why = "the name leads to an address that is not public";
    if (!addresses.every((each) => isPublicAddress(each) || isPrivateAddress(each)))
      throw refuse(why);
    if (!isInside) throw refuse(`${why} (sandbox.private_hosts in settings.yaml allows it)`);
    return address;
  };

  const server = createServer((asked, answer) => {
    pass(asked, answer, admit, outside).catch((error: unknown) => {
      answer.writeHead(403, { "content-type": "text/plain" }).end(`${told(error)}\n`);
    });
  });
  server.on("connect", (asked: IncomingMessage, child: Duplex, head: Buffer) => {
    keep(child);
    child.on("error", () => child.destroy());
    const { host, port } = readAuthority(asked.url ?? "");
    admit(host, port).then(
      (address) => {
        tunnel(outside.connect(address, port), child, head, keep);
      },
      (error: unknown) => {
        const text = `${told(error)}\n`;
        child.end(
          `HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
        );
      },
    );
  });
  server.on("connection", keep);
  server.maxConnections = AT_ONCE;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  return {
    refusals: () => [...refused],
    close: () => {
      server.close();
      for (const stream of open) stream.destroy();
    },
  };
}

class Refused extends Error {}
const told = (error: unknown) =>
  `missions: ${error instanceof Refused ? error.message : "the request cannot be passed on"}`;

function readAuthority(text: string): { host: string; port: number } {
  const at = text.lastIndexOf(":");
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ""), port: Number(text.slice(at + 1)) };
}

function tunnel(server: Socket, child: Duplex, head: Buffer, keep: (stream: Duplex) => void) {
  keep(server);
  const end = () => {
    server.destroy();
    child.destroy();
  };
  const unanswered = () => {
    child.end("HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\n\r\n");
    server.destroy();
  };
  server.once("error", unanswered);
  child.once("close", end);
  server.once("connect", () => {
    server.off("error", unanswered).on("error", end).once("close", end);
    child.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (head.length > 0) server.write(head);
    server.pipe(child).pipe(server);
  });
}

/** A request without encryption. What it is redirected to is another request, asked for anew. */
async function pass(
  asked: IncomingMessage,
  answer: ServerResponse,
  admit: (host: string, port: number) => Promise<string>,
  outside: Outside,
): Promise<void> {
  const url = new URL(asked.url ?? "");
  if (url.protocol !== "http:") throw new Refused("only http and CONNECT are passed on");
  const port = url.port === "" ? 80 : Number(url.port);
  const address = await admit(url.hostname.replace(/^\[|\]$/g, ""), port);
  const headers = Object.fromEntries(
    Object.entries(asked.headers).filter(([name]) => !HOP_BY_HOP.split(" ").includes(name)),
  );
  const onward = request({
    method: asked.method,
    path: url.pathname + url.search,
    headers: { ...headers, host: url.host },
    createConnection: () => outside.connect(address, port),
  });
  onward.on("response", (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    pipeline(response, answer, () => undefined);
  });
  onward.on("error", () => {
    if (!answer.headersSent) answer.writeHead(502);
    answer.end();
  });
  answer.once("close", () => onward.destroy());
  asked.pipe(onward);
}
