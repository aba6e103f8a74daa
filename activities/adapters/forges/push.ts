/**
 * Moves branches of a forge forward from the engine's repository. The token goes to git through a pipe that only a helper of
 * ours reads: it is in no argument, environment or file. simple-git opens no pipes, so git is started here.
 */
import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { ForgePlace } from "../../../domain/forge-place.js";
import { type GitHost, plainGit } from "../../../store/git.js";
import { ForgeUnavailable } from "./forge-errors.js";
import { pushRefusal } from "./push-errors.js";

const TOKEN_PIPE = 3;
const HELPER = `!f() { test "$1" = get && cat <&${TOKEN_PIPE}; }; f`;
const LONGEST_PUSH_MS = 20 * 60_000;
const KEPT_BYTES = 20_000;
/** What each forge wants beside the token. */
const USERS: Record<ForgePlace["kind"], string> = {
  github: "x-access-token",
  gitea: "missions",
  gitlab: "oauth2",
};

export interface PushOrder {
  host: GitHost;
  place: ForgePlace;
  token: string;
  gitDir: string;
  branches: readonly { name: string; commit: string }[];
  signal: AbortSignal;
}

/**
 * One after the other in one push; those that stand there already are left alone.
 * @throws Problem that says what refused it; ForgeUnavailable when it did not get through.
 */
export async function pushBranches(order: PushOrder): Promise<void> {
  const { place, branches } = order;
  const refspecs = branches.map(({ name, commit }) => `${commit}:refs/heads/${name}`);
  const ended = await runGit(order, [
    ...["push", "--porcelain", "--no-verify", "--no-follow-tags", "--no-signed", "--no-progress"],
    ...["--recurse-submodules=no", "--", place.gitUrl, ...refspecs],
  ]);
  if (ended.exitCode === 0) return;
  order.signal.throwIfAborted();
  throw pushRefusal(place, ended) ?? new ForgeUnavailable(`${place.host} did not take the push.`);
}

export interface EndedPush {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

async function runGit(order: PushOrder, args: readonly string[]): Promise<EndedPush> {
  const { host, place, token, gitDir, signal } = order;
  const { origin } = new URL(place.gitUrl);
  const plain = plainGit(host);
  const settings = [
    "credential.helper=",
    `credential.${origin}.helper=${HELPER}`,
    "http.followRedirects=false",
    "protocol.allow=never",
    `protocol.${new URL(place.gitUrl).protocol.slice(0, -1)}.allow=always`,
  ];
  const child = spawn(
    "git",
    [...plain.args, ...settings.flatMap((setting) => ["-c", setting]), ...args],
    {
      cwd: gitDir,
      env: { ...plain.env, GIT_DIR: gitDir },
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      detached: true,
    },
  );
  const end = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // it has ended by itself
    }
  };
  const timer = setTimeout(end, LONGEST_PUSH_MS);
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  const stdout = tailOf(child.stdout);
  const stderr = tailOf(child.stderr);
  const pipe = child.stdio[TOKEN_PIPE] as Writable;
  // nobody reads it where the forge asks for no name
  pipe.on("error", () => undefined);
  pipe.end(`username=${USERS[place.kind]}\npassword=${token}\n`);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    return { exitCode, stdout: stdout(), stderr: stderr().replaceAll(token, "[secret]") };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

function tailOf(stream: Readable | null): () => string {
  let kept = "";
  stream?.setEncoding("utf8");
  stream?.on("data", (text: string) => {
    kept = (kept + text).slice(-KEPT_BYTES);
  });
  return () => kept;
}
