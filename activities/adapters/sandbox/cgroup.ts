/** Control groups, where this process may make some: the kernel itself then holds a sandbox to its processes and memory. */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { PROCESSES_OVER, type SandboxLimits } from "./watch.js";

type GroupLimits = Pick<SandboxLimits, "memoryBytes" | "processes">;

export interface ControlGroup {
  /** Files into which a process writes its id to belong to it. */
  joins: string[];
  /** @returns of what the kernel refused it more. */
  ranOut(): { memory: boolean; processes: boolean };
  /** Contract: called when nothing of it runs any more. */
  close(): void;
}

/** Above the watch's limit, as `PROCESSES_OVER`. */
const MEMORY_OVER_BYTES = 64 * 2 ** 20;
const NAME = /^missions-(\d+)-\d+$/;
const REMOVE = { tries: 40, everyMs: 50 };

/** @param mounted where the hierarchies are. @returns undefined where none may be made. */
export function findControlGroups(mounted = "/sys/fs/cgroup", self = "/proc/self/cgroup") {
  try {
    const parents = parentsOf(mounted, readFileSync(self, "utf8"));
    for (const parent of new Set(parents.map(({ folder }) => folder))) removeStale(parent);
    let count = 0;
    const open = (limits: GroupLimits) => {
      count += 1;
      return openGroup(parents, `missions-${process.pid}-${count}`, limits);
    };
    open({ processes: 1, memoryBytes: 2 ** 20 }).close();
    return open;
  } catch {
    return undefined;
  }
}

interface Parent {
  folder: string;
  /** Files and what they are to hold. */
  settings: (limits: GroupLimits) => [string, string][];
  /** Files that count how often the kernel held it to a limit, and the line that says it. */
  counters: { memory?: Counter; processes?: Counter };
}

type Counter = [file: string, line: string];
const REFUSED_PROCESSES: Counter = ["pids.events", "max"];

const processes = ({ processes: most }: GroupLimits): [string, string] => [
  "pids.max",
  String(most + PROCESSES_OVER),
];
const memoryText = ({ memoryBytes }: GroupLimits) => String(memoryBytes + MEMORY_OVER_BYTES);

/** @throws where a hierarchy is missing or not ours to use. */
function parentsOf(mounted: string, self: string): Parent[] {
  const lines = self
    .trim()
    .split("\n")
    .map((line) => line.split(":"));
  const own = (controller: string) => lines.find(([, names]) => names === controller)?.[2];
  const pids = own("pids");
  if (pids === undefined) {
    const settings = (limits: GroupLimits): [string, string][] => [
      processes(limits),
      ["memory.max", memoryText(limits)],
      ["memory.oom.group", "1"],
    ];
    const folder = nearestParent(mounted, own("") ?? "/");
    const memory: Counter = ["memory.events", "oom_kill"];
    return [{ folder, settings, counters: { memory, processes: REFUSED_PROCESSES } }];
  }
  return [
    {
      folder: join(mounted, "pids", pids),
      settings: (limits) => [processes(limits)],
      counters: { processes: REFUSED_PROCESSES },
    },
    {
      folder: join(mounted, "memory", own("memory") ?? ""),
      settings: (limits) => [["memory.limit_in_bytes", memoryText(limits)]],
      counters: { memory: ["memory.oom_control", "oom_kill"] },
    },
  ];
}

/** The innermost group around this process that hands both controllers on to others below it. */
function nearestParent(mounted: string, path: string): string {
  const folder = join(mounted, path);
  const controls = readFileSync(join(folder, "cgroup.subtree_control"), "utf8").split(/\s+/);
  if (controls.includes("pids") && controls.includes("memory")) {
    accessSync(folder, constants.W_OK);
    accessSync(join(folder, "cgroup.procs"), constants.W_OK);
    return folder;
  }
  if (path === "/") throw new Error("no group hands the controllers on");
  return nearestParent(mounted, dirname(path));
}

function openGroup(parents: readonly Parent[], name: string, limits: GroupLimits): ControlGroup {
  const made: string[] = [];
  const close = (left = REMOVE.tries) => {
    const kept = made.filter((folder) => !isRemoved(folder));
    if (kept.length > 0 && left > 0)
      setTimeout(() => {
        close(left - 1);
      }, REMOVE.everyMs).unref();
  };
  try {
    for (const { folder, settings } of parents) {
      const own = join(folder, name);
      mkdirSync(own);
      made.push(own);
      for (const [file, content] of settings(limits)) writeFileSync(join(own, file), content);
    }
  } catch (error) {
    close(0);
    throw error;
  }
  const isHeldTo = (limit: "memory" | "processes") =>
    parents.some(({ counters: { [limit]: counter } }, n) => {
      if (counter === undefined) return false;
      const [file, line] = counter;
      return countOf(join(made[n] ?? "", file), line) > 0;
    });
  return {
    joins: made.map((folder) => join(folder, "cgroup.procs")),
    ranOut: () => ({ memory: isHeldTo("memory"), processes: isHeldTo("processes") }),
    close,
  };
}

function countOf(file: string, name: string): number {
  try {
    return Number(new RegExp(`^${name} (\\d+)`, "m").exec(readFileSync(file, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Groups of workers that were killed; another's may be about to be joined. */
function removeStale(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = NAME.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) isRemoved(join(folder, name));
  }
}

function isRemoved(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}
