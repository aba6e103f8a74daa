/** Small programs that stand on PATH where Temporal's CLI or Go would, in a folder of their own. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Sandbox {
  folder: string;
  /** Only these programs, and the shell's own. */
  binFolder: string;
  program(name: string, script: string): Promise<string>;
  remove(): Promise<void>;
}

export async function makeSandbox(): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), "missions-config-"));
  const binFolder = join(folder, "bin");
  await mkdir(binFolder);
  return {
    folder,
    binFolder,
    async program(name, script) {
      const path = join(binFolder, name);
      await writeFile(path, `#!/bin/sh\n${script}\n`);
      await chmod(path, 0o755);
      return path;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What `temporal --version` prints. */
export const versionScript = (serverVersion: string) =>
  `echo "temporal version 9.9.9 (Server ${serverVersion}, UI 2.0.0)"`;

export interface SilentServer {
  port: number;
  close(): Promise<void>;
}

/** Takes connections and never says a word. */
export async function startSilentServer(port = 0): Promise<SilentServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined).resume());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const bound = server.address();
  return {
    port: bound !== null && typeof bound === "object" ? bound.port : 0,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}
