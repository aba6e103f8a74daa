/** The sandbox of a worker: tried once, then one bubblewrap for each child. */
import { realpathSync } from "node:fs";
import { release } from "node:os";
import { isAbsolute } from "node:path";
import { childEnvironment } from "../../../domain/confinement.js";
import type { PrivateHost } from "../../../domain/hosts.js";
import { findProgram, probeSandbox, type SandboxProbe } from "../../../store/sandbox-probe.js";
import type { Confinement } from "../../ports.js";
import { bubblewrapArguments } from "./bubblewrap-arguments.js";
import { findControlGroups } from "./cgroup.js";
import { watchDisk } from "./disk.js";
import { forwarderOf } from "./forwarder.js";
import type { Outside } from "./host-pass.js";
import { JOIN_GROUPS, limitLines, supervisor } from "./supervisor.js";
import { type Mount, programView, systemView } from "./system-view.js";
import { excess, PROCESSES_OVER, type SandboxLimits } from "./watch.js";
import { openWaysOut } from "./ways-out.js";

/** What the owner of the worker says of all children; asked for each of them. */
export interface SandboxSettings {
  /** Folders that they may read. */
  readable?: readonly string[];
  limits?: Partial<SandboxLimits>;
}

export interface SandboxOptions {
  path: string;
  /** Folders that no child sees, as homes and the engine's own. */
  hidden?: readonly string[];
  settings?: () => SandboxSettings;
  /** Names of hosts that all children may reach; undefined: those of their confinement alone. */
  hosts?: () => Promise<readonly string[]>;
  /** Of all names, those whose addresses may lie in a private network. */
  privateHosts?: () => readonly PrivateHost[];
  /** How package tools of this machine are set up; never secrets. */
  tools?: () => Promise<ToolSettings>;
  outside?: Outside;
}

export interface ToolSettings {
  env: Record<string, string>;
  /** Files and folders, and where children see them. */
  seen: readonly { from: string; at: string }[];
}

/** What a child is set up with; one that reaches only its own hosts fetches no packages. */
export const toolsFor = async (
  confine: Confinement | undefined,
  tools: SandboxOptions["tools"],
): Promise<ToolSettings> =>
  confine === undefined || confine.onlyHosts === true || tools === undefined
    ? { env: {}, seen: [] }
    : tools();

export interface Order {
  confine: Confinement;
  cwd: string;
  env: Record<string, string>;
  argv: readonly string[];
  /** Standard error goes where standard output goes. */
  joinsStreams: boolean;
}

/** What is to be spawned instead of the order's own program. */
export interface Confined {
  program: string;
  args: string[];
  env: Record<string, string>;
  limits: SandboxLimits;
  /** What the child tried and was refused. */
  refusals(): string[];
  /** What the kernel has refused it more of, or it has used up. */
  tooMuch: () => string[];
  /** Contract: called once when the child has ended. */
  close(): void;
}

export const DEFAULT_LIMITS: SandboxLimits = {
  memoryBytes: 4_096 * 2 ** 20,
  processes: 2_048,
  cpuSeconds: 7_200,
  freeDiskBytes: 500 * 2 ** 20,
};

export function createSandbox(given: SandboxOptions) {
  const { path, settings, hosts, privateHosts, tools, outside, ...options } = given;
  const hidden = (options.hidden ?? []).filter(isAbsolute).map(real);
  let probed: Promise<SandboxProbe> | undefined;
  let view: Mount[] | undefined;
  let openGroup: ReturnType<typeof findControlGroups> | "unknown" = "unknown";
  let perl: Promise<string | undefined> | undefined;
  const probe = () => (probed ??= probeSandbox(path));
  return {
    probe,
    /** @returns undefined where the sandbox does not work: the order's own program is to be run. */
    async confine(order: Order): Promise<Confined | undefined> {
      const found = await probe();
      if (!found.works) return undefined;
      const { readable = [], limits: wished } = settings?.() ?? {};
      const limits = { ...DEFAULT_LIMITS, ...wished };
      const { confine, cwd, argv } = order;
      const [program = ""] = argv;
      view ??= systemView(path, hidden);
      perl ??= findProgram("perl", path);
      const forwarder = forwarderOf(await perl);
      const listed = confine.onlyHosts === true ? undefined : hosts;
      const { seen } = await toolsFor(confine, tools);
      const out = await openWaysOut(confine, { listed, inside: privateHosts, outside });
      const isCounted = countsByNamespace();
      const lines = limitLines({
        cpuSeconds: limits.cpuSeconds,
        processes: isCounted ? limits.processes + PROCESSES_OVER : undefined,
      });
      const args = bubblewrapArguments({
        mounts: [
          ...view,
          ...(isAbsolute(program) ? programView(program, hidden) : []),
          ...[...readable, ...confine.readable].map((at): Mount => ({
            at,
            kind: "read",
            from: at,
          })),
          ...confine.writable.map((at): Mount => ({ at, kind: "write", from: at })),
          ...seen.map((place): Mount => ({ ...place, kind: "read" })),
          ...out.mounts,
        ],
        cwd,
        memoryBytes: limits.memoryBytes,
        has: found.has,
        argv: [
          ...["/bin/sh", "-c", supervisor(lines, order.joinsStreams), "sh"],
          ...(out.ways.length === 0 ? [] : [...forwarder, ...out.ways]),
          ...argv,
        ],
      });
      const variables = { ...out.env, ...order.env };
      const env = childEnvironment(path, order.env["HOME"] ?? cwd, variables);
      // To join a group takes some 10 ms, so only where the count of processes does not bind.
      if (openGroup === "unknown") openGroup = isCounted ? undefined : findControlGroups();
      const group = openGroup?.(limits);
      const isDiskLow = watchDisk(cwd, limits.freeDiskBytes);
      // A command can break on the kernel's refusal before the watch has looked.
      const tooMuch = () => {
        const { memory = false, processes = false } = group?.ranOut() ?? {};
        return [
          ...(memory ? [excess.memory(limits)] : []),
          ...(processes ? [excess.processes(limits)] : []),
          ...(isDiskLow() ? [excess.disk(limits)] : []),
        ];
      };
      return {
        ...(group === undefined
          ? { program: found.program, args }
          : {
              program: "/bin/sh",
              args: ["-c", JOIN_GROUPS, "sh", ...group.joins, "--", found.program, ...args],
            }),
        env,
        limits,
        tooMuch,
        refusals: () => [...tooMuch().map((what) => `ended: ${what}`), ...out.refusals()],
        close: () => {
          group?.close();
          out.close();
        },
      };
    },
  };
}

export type Sandbox = ReturnType<typeof createSandbox>;

/** Since Linux 5.14 a user namespace counts its own processes; before, a limit counted all that the user has. Root's bind never. */
function countsByNamespace(): boolean {
  if (process.getuid?.() === 0) return false;
  const [major = 0, minor = 0] = release().split(".").map(Number);
  return major > 5 || (major === 5 && minor >= 14);
}

function real(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
