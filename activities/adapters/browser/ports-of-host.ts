/** Ports of this machine, where an app has no network of its own. */
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

export const freePort = async (): Promise<number> => (await listenOnce(0)) ?? 0;

export const isFreePort = async (port: number): Promise<boolean> =>
  (await listenOnce(port)) !== undefined;

const listenOnce = (port: number) =>
  new Promise<number | undefined>((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(undefined);
    });
    server.listen(port, "127.0.0.1", () => {
      const { port: found } = server.address() as AddressInfo;
      server.close(() => {
        resolve(found);
      });
    });
  });
