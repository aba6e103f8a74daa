/** An agent's own look at the app in its workspace, while it works on it. */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plan } from "../domain/plan.js";
import type { WorkspacePaths } from "../store/workspace-paths.js";
import type { AgentRun } from "./agent.js";
import { lookTimeoutMs } from "./look-order.js";
import type { BrowserPort, LookOrder } from "./ports.js";
import { removeFolder } from "./remove-folder.js";

export interface LookPlace {
  plan: Pick<Plan, "app">;
  paths: WorkspacePaths;
  confine: LookOrder["confine"];
  commandMs: number;
  signal: AbortSignal;
  assertOwner: () => Promise<void>;
}

/** @returns nothing where the plan has no app or this host no browser: agents are then not told of looks at all. */
export async function openLook(
  browser: BrowserPort | undefined,
  { plan, paths, confine, commandMs, signal, assertOwner }: LookPlace,
): Promise<Pick<AgentRun, "look">> {
  const { app } = plan;
  if (browser === undefined || app === undefined) return {};
  if (!(await browser.state()).works) return {};
  return {
    look: async (flow, viewport) => {
      await assertOwner();
      const out = join(paths.attempt, "look");
      await removeFolder(out);
      await mkdir(out, { recursive: true });
      try {
        const report = await browser.look({
          ...{ app, dir: paths.tree, home: paths.home, out, confine, signal },
          // Beside that of its commands, of which none runs now.
          groupFile: join(paths.attempt, "look.json"),
          flows: [flow],
          viewports: [viewport],
          crawl: 0,
          external: false,
          timeoutMs: lookTimeoutMs(commandMs),
        });
        const path = report.visits[0]?.picture;
        const picture = path === undefined ? undefined : await readFile(join(out, path));
        return { report, ...(picture === undefined ? {} : { picture }) };
      } finally {
        await removeFolder(out);
      }
    },
  };
}
