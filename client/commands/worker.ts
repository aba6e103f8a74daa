import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { EXIT, type ExitCode } from "../../domain/problem.js";
import type { Context } from "../context.js";

/** A worker is a process of its own, also in the foreground: this only waits for it. */
export function runWorker({ environment }: Context): Promise<ExitCode> {
  const main = fileURLToPath(new URL("../../workers/main.js", import.meta.url));
  const child = spawn(process.execPath, [main], {
    stdio: "inherit",
    env: {
      ...environment.childVariables("worker"),
      // Relative folders were meant from the caller's folder.
      MISSIONS_HOME: environment.home,
      MISSIONS_ENGINE_HOME: environment.engineHome,
      MISSIONS_PROJECTS: environment.projectsHome,
    },
  });
  // Ctrl-C reaches the whole foreground group; the worker then ends by itself, in its own time.
  const wait = () => undefined;
  const pass = () => void child.kill("SIGTERM");
  process.on("SIGINT", wait);
  process.on("SIGTERM", pass);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      process.off("SIGINT", wait);
      process.off("SIGTERM", pass);
      resolve(code === 0 ? EXIT.ok : signal === "SIGINT" ? EXIT.interrupted : EXIT.unexpected);
    });
  });
}
