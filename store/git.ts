/**
 * Runs git as the engine does: an environment built from nothing, no system or user configuration, no hooks, no fsmonitor,
 * no automatic clean-up. Filters and drivers only run when a configuration names them, and none that an agent wrote is read.
 */
import { stat } from "node:fs/promises";
import { GitError, GitPluginError, simpleGit } from "simple-git";

export interface GitHost {
  /** PATH in which git is found. */
  path: string;
  /** An empty or missing folder of ours; git must find no configuration there. */
  home: string;
}

export interface GitOptions {
  /** Variables of git's own, of those listed in `ALLOWED`. */
  env?: Partial<Record<GitVariable, string>>;
  input?: string;
  signal?: AbortSignal;
}

/** One git command in `cwd`. @returns its stdout, untrimmed. @throws GitFailure for every exit code but 0. */
export type Git = (cwd: string, args: readonly string[], options?: GitOptions) => Promise<string>;

/** What git said when it ended with another code than 0; -2 when it could not be started at all. */
export class GitFailure extends GitError {
  override readonly name = "GitFailure";
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;

  constructor(exitCode: number, stdout: string, stderr: string) {
    super(undefined, stderr.trim().slice(-400) || `git ended with code ${exitCode}`);
    this.exitCode = exitCode;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

/** Who the engine commits as. */
export const IDENTITY = { name: "missions", email: "missions@localhost" } as const;

const FIXED = {
  LANG: "C.UTF-8",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_DEFAULT_REF_FORMAT: "files", // workspaces are laid out by hand (activities/adapters/checkout.ts)
  GIT_AUTHOR_NAME: IDENTITY.name,
  GIT_AUTHOR_EMAIL: IDENTITY.email,
  GIT_COMMITTER_NAME: IDENTITY.name,
  GIT_COMMITTER_EMAIL: IDENTITY.email,
} as const;

const OPTIONAL = [
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_AUTHOR_DATE",
  "GIT_COMMITTER_DATE",
] as const;
export type GitVariable = (typeof OPTIONAL)[number];

const ALLOWED = [...Object.keys(FIXED), ...OPTIONAL];

const CONFIG = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.quotePath=false",
  "protocol.ext.allow=never",
  "gc.auto=0",
  "maintenance.auto=false",
  "commit.gpgsign=false",
  "submodule.recurse=false",
  "advice.detachedHead=false",
];

/** simple-git refuses these by default; each is allowed because we use it to take power away, never to give it. */
const UNSAFE = {
  allowUnsafeHooksPath: true, // hooks go to /dev/null
  allowUnsafeFsMonitor: true, // switched off
  allowUnsafeProtocolOverride: true, // ext:: is forbidden
  allowUnsafeConfigPaths: true, // the global configuration is /dev/null
  allowUnsafeTemplateDir: true, // `--template=`: new repositories get no hooks
} as const;

const SILENT_FOR_MS = 20 * 60_000;

/** How git is started where simple-git does not reach: the same configuration and environment. */
export const plainGit = ({ path, home }: GitHost) => ({
  args: CONFIG.flatMap((setting) => ["-c", setting]),
  env: { PATH: path, HOME: home, ...FIXED },
});

export function createGit({ path, home }: GitHost): Git {
  return async (cwd, args, { env = {}, input, signal } = {}) => {
    if ((await stat(cwd).catch(() => undefined))?.isDirectory() !== true)
      throw new GitFailure(-2, "", `${cwd} is not a folder`);
    const git = simpleGit({
      baseDir: cwd,
      config: CONFIG,
      unsafe: UNSAFE,
      allowEnvironment: ALLOWED,
      timeout: { block: SILENT_FOR_MS },
      errors: explain,
      ...(input === undefined ? {} : { input: () => input }),
      ...(signal === undefined ? {} : { abort: signal }),
    });
    return git.env({ PATH: path, HOME: home, ...FIXED, ...env }).raw(...args);
  };
}

/** simple-git takes a failure without words on stderr for success; we do not. */
function explain(
  error: Buffer | Error | undefined,
  result: { exitCode: number; stdOut: Buffer[]; stdErr: Buffer[] },
): Buffer | Error | undefined {
  if (error instanceof GitPluginError || result.exitCode === 0) return error;
  return new GitFailure(
    result.exitCode,
    Buffer.concat(result.stdOut).toString(),
    Buffer.concat(result.stdErr).toString(),
  );
}

/** A git answer of one line. */
export async function gitLine(
  git: Git,
  cwd: string,
  args: readonly string[],
  options?: GitOptions,
): Promise<string> {
  return (await git(cwd, args, options)).trim();
}

/** Like `gitLine`, but a failing command is an answer: undefined. */
export async function gitAnswer(
  git: Git,
  cwd: string,
  args: readonly string[],
  options?: GitOptions,
): Promise<string | undefined> {
  try {
    return await gitLine(git, cwd, args, options);
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

/** Ids of the objects that `names` stand for, all from one process; undefined where there is none. */
export async function findObjects(
  git: Git,
  cwd: string,
  names: readonly string[],
): Promise<(string | undefined)[]> {
  const input = names.map((name) => `${name}\n`).join("");
  const answer = await git(cwd, ["cat-file", "--batch-check=%(objectname)"], { input });
  const lines = answer.split("\n");
  return names.map((_, n) => /^[0-9a-f]{40,64}$/.exec(lines[n] ?? "")?.[0]);
}

/** A moment as git writes it, in whole seconds, so that a second run makes the same commit. @param at ISO 8601. */
export const gitDate = (at: string) => `${Math.floor(Date.parse(at) / 1000)} +0000`;

/** Author and committer date of a commit. @param at ISO 8601. */
export function commitDates(at: string): Partial<Record<GitVariable, string>> {
  return { GIT_AUTHOR_DATE: gitDate(at), GIT_COMMITTER_DATE: gitDate(at) };
}

/** One line of text that may stand as a commit's subject: no control characters, at most 72. */
export function subjectLine(text: string): string {
  const line = text
    .replace(/\p{C}+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= 72 ? line : `${line.slice(0, 71).trimEnd()}…`;
}

/** Part of a ref's name for an id of a plan; ids that git forbids in refs are spelled in hex. */
export function refPart(id: string): string {
  const forbidden = /\.\.|\.$|\.lock$/.test(id);
  return forbidden ? `=${Buffer.from(id).toString("hex")}` : id;
}
