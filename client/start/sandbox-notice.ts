/** What a person who approves a plan has to know of this machine's sandbox. */
import type { Environment } from "../../config/env.js";
import { probeSandbox } from "../../store/sandbox-probe.js";

/** @returns nothing where commands are sandboxed, or where other machines run them. */
export async function sandboxNotice({ path, workersElsewhere }: Environment): Promise<string[]> {
  const found = workersElsewhere ? undefined : await probeSandbox(path);
  if (found === undefined || found.works) return [];
  return [
    "Sandbox none: commands of agents and checks can read and change what your user can",
    `        ${found.why}`,
  ];
}
