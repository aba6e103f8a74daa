/** Hosts with a network of their own on one machine: network namespaces, each tied to this one by a cable that can be pulled. */
import { execFile } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { connect, createServer, type AddressInfo } from "node:net";
import { promisify } from "node:util";

const run = promisify(execFile);
const NEEDS =
  "This test makes network namespaces: run it as root, with iproute2 installed (apt-get install iproute2).";

export interface Cable {
  /** What goes before a command so that it runs in the namespace. */
  prefix: readonly string[];
  /** Address in there under which this machine's `port` on loopback is reached; `connections` counts them. */
  reach(port: number): Promise<{ address: string; connections: () => number }>;
  pull(): Promise<void>;
  plug(): Promise<void>;
  remove(): Promise<void>;
}

/** @throws one sentence where this machine cannot. */
export async function layCable(): Promise<Cable> {
  const name = `mis${randomBytes(4).toString("hex")}`;
  const [here, there] = [`${name}a`, `${name}b`];
  const net = `10.${randomInt(128, 250)}.${randomInt(1, 250)}`;
  const ip = (...args: string[]) => run("ip", args);
  const relays: { close: () => void }[] = [];
  const remove = async () => {
    for (const relay of relays.splice(0)) relay.close();
    await ip("link", "del", here).catch(() => undefined);
    await ip("netns", "del", name).catch(() => undefined);
  };
  try {
    await ip("netns", "add", name);
    await ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name);
    await ip("addr", "add", `${net}.1/30`, "dev", here);
    await ip("link", "set", here, "up");
    await ip("-n", name, "addr", "add", `${net}.2/30`, "dev", there);
    await ip("-n", name, "link", "set", there, "up");
    await ip("-n", name, "link", "set", "lo", "up");
  } catch (error) {
    await remove();
    throw new Error(`${NEEDS} (${String(error).trim().slice(-200)})`, { cause: error });
  }
  return {
    prefix: ["ip", "netns", "exec", name],
    reach: async (port) => {
      let connections = 0;
      const relay = createServer((socket) => {
        connections += 1;
        const onward = connect(port, "127.0.0.1");
        for (const end of [socket, onward]) {
          end.on("error", () => undefined);
          end.once("close", () => {
            socket.destroy();
            onward.destroy();
          });
        }
        socket.pipe(onward).pipe(socket);
      });
      await new Promise<void>((resolve, reject) => {
        relay.once("error", reject);
        relay.listen(0, `${net}.1`, resolve);
      });
      relays.push({ close: () => relay.close() });
      const { port: open } = relay.address() as AddressInfo;
      return { address: `${net}.1:${open}`, connections: () => connections };
    },
    pull: async () => {
      await ip("link", "set", here, "down");
    },
    plug: async () => {
      await ip("link", "set", here, "up");
    },
    remove,
  };
}
