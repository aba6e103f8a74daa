/** The words that make bubblewrap run one child: namespaces, view of the file system, no rights. */
import { sep } from "node:path";
import type { Mount } from "./system-view.js";

export interface ConfinedStart {
  mounts: readonly Mount[];
  cwd: string;
  /** Of each folder that lies in memory. */
  memoryBytes: number;
  /** Options that this bubblewrap knows. */
  has: ReadonlySet<string>;
  argv: readonly string[];
}

/** Descriptor on which bubblewrap says who the child is and how it ended. */
export const STATUS_FD = 3;

export function bubblewrapArguments(start: ConfinedStart): string[] {
  const sized = (bytes: number) => (start.has.has("--size") ? ["--size", String(bytes)] : []);
  const memory = (at: string) => [...sized(start.memoryBytes), "--tmpfs", at];
  const base = [
    ...["user", "pid", "net", "ipc", "uts"].map((name) => `--unshare-${name}`),
    "--unshare-cgroup-try",
    ...(start.has.has("--disable-userns") ? ["--disable-userns"] : []),
    "--die-with-parent",
    "--new-session",
    // The kernel ends all others with the first, before anybody hears of its end.
    "--as-pid-1",
    "--cap-drop",
    "ALL",
    "--hostname",
    "localhost",
    "--json-status-fd",
    String(STATUS_FD),
  ];
  const fresh = ["--proc", "/proc", "--dev", "/dev", ...memory("/dev/shm"), ...memory("/tmp")];
  const links = ["--symlink", "/tmp", "/var/tmp"];
  const view = [...start.mounts]
    .map((mount, order) => ({ mount, order, depth: mount.at.split(sep).length }))
    .sort((a, b) => a.depth - b.depth || a.order - b.order)
    .flatMap(({ mount }) => words(mount));
  // Last, because bubblewrap itself makes folders in them for what lies deeper.
  const own = start.mounts.filter(({ kind }) => kind === "empty").map(({ at }) => at);
  const closed = [...own, "/dev", "/"].flatMap((at) => ["--remount-ro", at]);
  return [
    ...base,
    ...fresh,
    ...links,
    ...view,
    ...closed,
    "--chdir",
    start.cwd,
    "--",
    ...start.argv,
  ];
}

function words(mount: Mount): string[] {
  switch (mount.kind) {
    case "read":
      return ["--ro-bind-try", mount.from, mount.at];
    case "write":
      return ["--bind", mount.from, mount.at];
    case "link":
      return ["--symlink", mount.to, mount.at];
    case "empty":
      return ["--tmpfs", mount.at];
  }
}
