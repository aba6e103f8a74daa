import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Temporal keeps its services' ports in a column of 16 bits with a sign, so PostgreSQL refuses higher ones. */
const HIGHEST = 32_767;
const LOWEST = 20_000;

/** Ports that are free now, held together so that they differ. */
export async function freeLowPorts(count: number): Promise<number[]> {
  const held: { port: number; close: () => Promise<void> }[] = [];
  try {
    while (held.length < count) {
      const one = await hold(randomInt(LOWEST, HIGHEST + 1));
      if (one !== undefined) held.push(one);
    }
    return held.map(({ port }) => port);
  } finally {
    await Promise.all(held.map(({ close }) => close()));
  }
}

function hold(port: number): Promise<{ port: number; close: () => Promise<void> } | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(undefined);
    });
    server.listen(port, "127.0.0.1", () => {
      const close = () =>
        new Promise<void>((closed) => {
          server.close(() => {
            closed();
          });
        });
      resolve({ port, close });
    });
  });
}
