/** On which ports a child listens, as the kernel lists them; nothing where it lists none. */
import { readdir, readFile, readlink } from "node:fs/promises";
import { readGroup } from "../process-group.js";

const LISTENS = "0A";
const NAMED = 4;

/**
 * @param groupFile record of the child's process group. @param isInside it has a network of its own, in which all that
 * listens is its; without one only sockets of its own processes count.
 */
export async function listeningPorts(groupFile: string, isInside: boolean): Promise<number[]> {
  const group = await readGroup(groupFile);
  if (group === undefined) return [];
  if (isInside) return group.first === undefined ? [] : portsOf(group.first.pid);
  const members = await membersOf(group.pid);
  const sockets = new Set((await Promise.all(members.map(socketsOf))).flat());
  return portsOf(group.pid, (inode) => sockets.has(inode));
}

async function portsOf(pid: number, counts: (inode: string) => boolean = () => true) {
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/${pid}/net/${name}`, "utf8").catch(() => "")),
  );
  const found = tables.flatMap((table) =>
    table.split("\n").flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [, local = "", , state] = fields;
      if (state !== LISTENS || !counts(fields[9] ?? "")) return [];
      const port = Number.parseInt(local.split(":").at(-1) ?? "", 16);
      return Number.isInteger(port) ? [port] : [];
    }),
  );
  return [...new Set(found)].filter((port) => !OWN_PORTS.has(port)).slice(0, NAMED);
}

/** What the sandbox itself offers inside. */
const OWN_PORTS: ReadonlySet<number> = new Set([31_701, 31_702]);

async function membersOf(leader: number): Promise<number[]> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const groups = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
      return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
    }),
  );
  return pids.map(Number).filter((_, at) => groups[at] === leader);
}

async function socketsOf(pid: number): Promise<string[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const links = await Promise.all(
    names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => "")),
  );
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
}
