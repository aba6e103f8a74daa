/** Whether this host can confine children: bubblewrap and the namespaces that it needs are tried, not guessed. */
import { execFile } from "node:child_process";
import { access, constants, readFile } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

export type SandboxProbe =
  | {
      works: true;
      /** Where bubblewrap is. */
      program: string;
      /** Options that newer versions have: `--size`, `--disable-userns`. */
      has: ReadonlySet<string>;
    }
  | { works: false; why: string };

const TRY_MS = 20_000;
const NAMESPACES = ["user", "pid", "net", "ipc", "uts"].map((name) => `--unshare-${name}`);

/** @param path PATH in which bubblewrap is looked for. Contract: never throws. */
export async function probeSandbox(path: string): Promise<SandboxProbe> {
  if (process.platform !== "linux") return { works: false, why: NOT_LINUX };
  const program = await findProgram("bwrap", path);
  if (program === undefined) return { works: false, why: NOT_INSTALLED };
  const help = await tryOut(program, ["--help"]);
  const has = new Set(help.said.match(/--[a-z0-9-]+/g));
  if (!has.has("--json-status-fd") || !has.has("--as-pid-1"))
    return { works: false, why: `bubblewrap at ${program} is older than 0.4.0. Update it.` };
  const view = ["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"];
  const tried = await tryOut(program, [...NAMESPACES, ...view, "--", "/bin/sh", "-c", ":"]);
  if (tried.ok) return { works: true, program, has };
  return { works: false, why: await explain(tried.said) };
}

/** @returns undefined when no folder of `path` has such a program. */
export async function findProgram(name: string, path: string): Promise<string | undefined> {
  const places = isAbsolute(name)
    ? [name]
    : path
        .split(delimiter)
        .filter((folder) => folder !== "")
        .map((folder) => join(folder, name));
  for (const place of places) {
    const there = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return place;
  }
  return undefined;
}

const tryOut = (program: string, args: readonly string[]) =>
  new Promise<{ ok: boolean; said: string }>((resolve) => {
    const options = { env: {}, timeout: TRY_MS };
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ ok: error === null, said: `${stdout}${stderr}` });
    });
  });

/** What the system refused, as a sentence with what mends it. */
async function explain(said: string): Promise<string> {
  const [line = "no reason given"] = said.trim().split("\n");
  const told = `bubblewrap is there, but the system refuses it (${line.slice(0, 200)}).`;
  const setting = async (name: string) =>
    (await readFile(`/proc/sys/${name}`, "utf8").catch(() => "")).trim();
  if ((await setting("kernel/unprivileged_userns_clone")) === "0")
    return `${told} Allow user namespaces: sysctl -w kernel.unprivileged_userns_clone=1`;
  if ((await setting("user/max_user_namespaces")) === "0")
    return `${told} Allow user namespaces: sysctl -w user.max_user_namespaces=10000`;
  if ((await setting("kernel/apparmor_restrict_unprivileged_userns")) === "1")
    return `${told} AppArmor keeps user namespaces from it: give /usr/bin/bwrap a profile with the rule "userns,", or sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`;
  return `${told} In a container its engine must allow namespaces and a fresh /proc: --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined`;
}

const NOT_INSTALLED =
  "bubblewrap is not installed. Install it (Debian, Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap; Arch: pacman -S bubblewrap; Alpine: apk add bubblewrap).";
const NOT_LINUX =
  "There is no sandbox on this system: commands are held by their environment, their process group and limits only, which is weaker. Run the worker on Linux, for example in a virtual machine.";
