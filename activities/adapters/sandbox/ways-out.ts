/** The ways out of one child's sandbox: its gateway's socket, and a pass to listed hosts. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { outwardEnvironment } from "../../../domain/confinement.js";
import type { Confinement } from "../../ports.js";
import { makeSocketFolder } from "../socket-folder.js";
import type { PrivateHost } from "../../../domain/hosts.js";
import { type HostPass, openHostPass, type Outside } from "./host-pass.js";
import type { Mount } from "./system-view.js";

/** Ports of the sandbox's loopback: below those that systems give out by themselves. */
const PORT = { gateway: 31_701, hosts: 31_702 } as const;
export const GATEWAY_INSIDE = `http://127.0.0.1:${PORT.gateway}`;
export const HOSTS_INSIDE = `http://127.0.0.1:${PORT.hosts}`;

export interface WaysOut {
  mounts: Mount[];
  env: Record<string, string>;
  /** Arguments of the forwarder; none: nothing leads out. */
  ways: string[];
  refusals(): string[];
  close(): void;
}

/** What the owner of the worker lets children reach. */
export interface OpenHosts {
  /** Names for every child; undefined: none, as far as its confinement names none. */
  listed: (() => Promise<readonly string[]>) | undefined;
  /** Of all names, those whose addresses may lie in a private network. */
  inside: (() => readonly PrivateHost[]) | undefined;
  /** Not the machine's own network, in tests. */
  outside: Outside | undefined;
}

export async function openWaysOut(
  confine: Confinement,
  { listed, inside, outside }: OpenHosts,
): Promise<WaysOut> {
  const mounts: Mount[] = [];
  const ways: string[] = [];
  const offer = (name: keyof typeof PORT, from: string, port: number = PORT[name]) => {
    const at = `/run/missions/${name}.sock`;
    mounts.push({ at, kind: "read", from });
    ways.push(`${port}=${at}`);
  };
  const { gatewaySocket, gatewayPort } = confine;
  if (gatewaySocket !== undefined) offer("gateway", gatewaySocket, gatewayPort);
  if (confine.hosts.length === 0 && listed === undefined)
    return { mounts, env: {}, ways, refusals: () => [], close: () => undefined };

  const folder = makeSocketFolder();
  let pass: HostPass;
  try {
    const socket = join(folder, "hosts.sock");
    const names = async () => [...confine.hosts, ...((await listed?.()) ?? [])];
    const allowed = { listed: names, ...(inside === undefined ? {} : { inside }) };
    pass = await openHostPass(socket, allowed, outside);
    offer("hosts", socket);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    mounts,
    env: outwardEnvironment(HOSTS_INSIDE),
    ways,
    refusals: () => pass.refusals(),
    close: () => {
      pass.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
