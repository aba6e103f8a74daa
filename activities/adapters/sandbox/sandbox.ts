/** The sandbox of a worker: tried once, then one bubblewrap for each child. */
import { realpathSync } from "node:fs";
import { isAbsolute } from "node:path";
import { childEnvironment } from "../../../domain/confinement.js";
import { probeSandbox, type SandboxProbe } from "../../../store/sandbox-probe.js";
import type { Confinement } from "../../ports.js";
import { bubblewrapArguments } from "./bubblewrap-arguments.js";
import { limitLines, supervisor } from "./supervisor.js";
import { type Mount, programView, systemView } from "./system-view.js";

export interface SandboxLimits {
  /** Of all processes of one child together. */
  memoryBytes: number;
  /** Processes and threads of one child. */
  processes: number;
  cpuSeconds: number;
}

export interface SandboxOptions {
  /** Folders that no child sees, as homes and the engine's own. */
  hidden: readonly string[];
  /** Folders that every child may read. */
  readable: readonly string[];
  limits: SandboxLimits;
}

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
}

export const DEFAULT_LIMITS: SandboxLimits = {
  memoryBytes: 4_096 * 2 ** 20,
  processes: 2_048,
  cpuSeconds: 7_200,
};

export function createSandbox(path: string, options: SandboxOptions) {
  let probed: Promise<SandboxProbe> | undefined;
  let view: Mount[] | undefined;
  const hidden = options.hidden.filter(isAbsolute).map(real);
  const probe = () => (probed ??= probeSandbox(path));
  return {
    probe,
    /** @returns undefined where the sandbox does not work: the order's own program is to be run. */
    async confine(order: Order): Promise<Confined | undefined> {
      const found = await probe();
      if (!found.works) return undefined;
      view ??= [...systemView(path, hidden), ...options.readable.map(read)];
      const { confine, cwd, argv } = order;
      const [program = ""] = argv;
      const mounts = [
        ...view,
        ...(isAbsolute(program) ? programView(program, hidden) : []),
        ...confine.readable.map(read),
        ...confine.writable.map((at): Mount => ({ at, kind: "write", from: at })),
      ];
      const { limits } = options;
      const lines = limitLines({ cpuSeconds: limits.cpuSeconds });
      const args = bubblewrapArguments({
        mounts,
        cwd,
        memoryBytes: limits.memoryBytes,
        has: found.has,
        argv: ["/bin/sh", "-c", supervisor(lines, order.joinsStreams), "sh", ...argv],
      });
      const env = childEnvironment(path, order.env["HOME"] ?? cwd, order.env);
      return { program: found.program, args, env };
    },
  };
}

export type Sandbox = ReturnType<typeof createSandbox>;

const read = (at: string): Mount => ({ at, kind: "read", from: at });

function real(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
