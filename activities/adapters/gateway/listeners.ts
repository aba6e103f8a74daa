/** Where a gateway listens: a Unix socket for a sandbox, and loopback for children without one. */
import { randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { makeSocketFolder } from "../socket-folder.js";

/** The system takes no longer path for a socket; macOS has 104 bytes, with its closing zero. */
const LONGEST_SOCKET_PATH_BYTES = 103;
/** More than any agent opens by itself. */
const MOST_CONNECTIONS = 256;
const SOCKET = /^g-[0-9a-f]{8}\.sock$/;

export interface Listeners {
  socket: string;
  listening: string;
  close(): Promise<void>;
}

/** @param folder for the socket; where its path is too long, a private folder of the system's temporary one is used. */
export async function listen(folder: string, listener: RequestListener): Promise<Listeners> {
  await mkdir(folder, { recursive: true });
  // Those of attempts that were killed.
  for (const name of await readdir(folder)) if (SOCKET.test(name)) await rm(join(folder, name));
  const name = `g-${randomBytes(4).toString("hex")}.sock`;
  const short = Buffer.byteLength(join(folder, name)) <= LONGEST_SOCKET_PATH_BYTES;
  const own = short ? undefined : makeSocketFolder();
  const socket = join(own ?? folder, name);
  const servers = [makeServer(listener), makeServer(listener)] as const;
  const close = async () => {
    await Promise.all(servers.map(closeServer));
    await rm(own ?? socket, { recursive: true, force: true });
  };
  try {
    await started(servers[0], () => servers[0].listen(socket));
    await chmod(socket, 0o600);
    await started(servers[1], () => servers[1].listen(0, "127.0.0.1"));
  } catch (error) {
    await close();
    throw error;
  }
  const { port } = servers[1].address() as AddressInfo;
  return { socket, listening: `http://127.0.0.1:${port}`, close };
}

function makeServer(listener: RequestListener): Server {
  // An answer may take as long as its model; a connection is kept longer than agents keep theirs.
  const server = createServer({ requestTimeout: 120_000, keepAliveTimeout: 120_000 }, listener);
  server.maxConnections = MOST_CONNECTIONS;
  // Some agents try a websocket first; this answer sends them on to plain requests at once.
  server.on("upgrade", (_request, socket) => {
    socket.end("HTTP/1.1 426 Upgrade Required\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
  });
  server.on("clientError", (_error, socket) => {
    socket.destroy();
  });
  return server;
}

const started = (server: Server, begin: () => void) =>
  new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", resolve);
    begin();
  });

const closeServer = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
