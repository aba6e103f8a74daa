/** A PostgreSQL of its own: fresh data in `folder`, a free port, the account that docker-compose.yml gives it. */
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startInBackground, type BackgroundProcess } from "../../config/processes.js";
import { composeService } from "../helpers/compose-file.js";
import { freeLowPorts } from "./ports.js";
import { postgresFolder } from "./programs.js";
import { mustRun, runProgram } from "./run-program.js";

export interface Postgres {
  port: number;
  user: string;
  password: string;
}

const READY_MS = 60_000;

/** @param keep is given the process before it is known to work. */
export async function startPostgres(
  folder: string,
  path: string,
  keep: (started: BackgroundProcess) => void,
): Promise<Postgres> {
  const bin = await postgresFolder(path);
  const env = { PATH: path, LANG: "C.UTF-8" };
  const user = composeService("postgresql").environment?.["POSTGRES_USER"] ?? "";
  const password = randomBytes(12).toString("hex");
  const passwordFile = join(folder, "password");
  const home = join(folder, "postgres");
  await mkdir(home, { recursive: true });
  await writeFile(passwordFile, password);
  const as = await unprivileged([folder, home, passwordFile], env);

  const data = join(home, "data");
  const account = ["--username", user, "--pwfile", passwordFile, "--auth", "scram-sha-256"];
  const initdb = [join(bin, "initdb"), "--pgdata", data, ...account, "--encoding", "UTF8"];
  await mustRun([...as, ...initdb], { env, cwd: home });
  const [port = 0] = await freeLowPorts(1);
  const postgres = [join(bin, "postgres"), "-D", data, "-p", String(port)];
  const [program = "", ...args] = [...as, ...postgres];
  const started = await startInBackground({
    program,
    args: [...args, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
    cwd: home,
    variables: env,
    logFile: join(folder, "logs", "postgres.log"),
  });
  keep(started);
  const isReady = [join(bin, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", String(port)];
  const end = Date.now() + READY_MS;
  while ((await runProgram(isReady, { env })).code !== 0) {
    if (Date.now() > end) throw new Error(`PostgreSQL is not ready after ${READY_MS} ms`);
    await delay(200);
  }
  return { port, user, password };
}

/** PostgreSQL refuses to run as root. @returns what goes before a command so that it runs as somebody else. */
async function unprivileged(paths: string[], env: Record<string, string>): Promise<string[]> {
  if (process.getuid?.() !== 0) return [];
  const id = async (flag: string) => {
    for (const name of ["postgres", "nobody"]) {
      const { code, stdout } = await runProgram(["id", flag, name], { env });
      if (code === 0) return Number(stdout);
    }
    throw new Error("Neither the user postgres nor nobody exists");
  };
  const [uid, gid] = [await id("-u"), await id("-g")];
  for (const path of paths.slice(1)) await chown(path, uid, gid);
  await chmod(paths[0] ?? "", 0o711);
  return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--"];
}
