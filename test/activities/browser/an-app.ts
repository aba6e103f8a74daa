/** A checkout with an app, and the real browser that looks at it from a sandbox of its own. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createBrowserPort } from "../../../activities/adapters/browser/browser.js";
import {
  createCommandPort,
  type CommandPortOptions,
} from "../../../activities/adapters/command.js";
import type { CommandPort, LookOrder } from "../../../activities/ports.js";
import { DESKTOP, type PlanApp } from "../../../domain/qa.js";
import { findBrowser } from "../../../qa/browser.js";
import { compiled } from "../../helpers/compiled.js";

const path = process.env["PATH"] ?? "";
const root = process.cwd();

export const QA_CHILD = {
  argv: [process.execPath, compiled(["domain", "store", "qa"], "workers/qa-child.ts")],
  readable: [root],
};

export const page = (body: string, head = "") =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Shop</title>${head}</head><body><main><h1>Shop</h1>${body}</main></body></html>`;

/** A server of node:http that answers with `handler`'s source; it listens where `listen` says. */
export const server = (handler: string, listen = "process.env.PORT") =>
  `import { createServer } from "node:http";
createServer((request, answer) => { ${handler} }).listen(${listen});`;
export const serving = (html: string) =>
  server(
    `answer.setHeader("content-type", "text/html"); answer.end(${JSON.stringify(html)})`,
    "process.env.PORT, 'localhost'",
  );

/** The browser of this machine for whoever starts apps by these commands. */
export const browserFor = (commands: CommandPort, argv = QA_CHILD.argv, atOnce?: number) =>
  createBrowserPort({
    ...(atOnce === undefined ? {} : { atOnce }),
    ...{ commands, path, userHome: homedir() },
    child: { ...QA_CHILD, argv },
    find: () => findBrowser({ path, home: homedir() }),
  });

export type Bench = ReturnType<typeof makeBench>;

/** @param sandboxed false: as on a machine where no sandbox works. @param more as the owner or the network of another machine. */
export function makeBench(sandboxed = true, more: Partial<CommandPortOptions> = {}) {
  const machine = realpathSync(mkdtempSync(join(tmpdir(), "look-")));
  /** In the arguments of all that runs. */
  const name = basename(machine);
  const hidden = [homedir(), machine];
  const commands = createCommandPort({ path, sandboxed, hidden, ...more });
  const browser = browserFor(commands, [...QA_CHILD.argv, name]);
  let count = 0;
  /** @returns an order for an app of these files; `app.mjs` is what runs where nothing else is said. */
  const order = (files: Record<string, string>, app: Partial<PlanApp> = {}) => {
    count += 1;
    const place = join(machine, String(count));
    const [dir, home, out] = ["tree", "home", "out"].map((name) => join(place, name)) as [
      string,
      string,
      string,
    ];
    for (const folder of [dir, home, out]) mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
    const made: LookOrder = {
      app: { run: `exec node app.mjs ${name}`, readySeconds: 20, ...app },
      ...{ dir, home, out },
      groupFile: join(place, "group.json"),
      confine: { readable: [], hosts: [] },
      flows: [{ url: "/", name: "home" }],
      viewports: [DESKTOP],
      crawl: 0,
      external: false,
      timeoutMs: 120_000,
      signal: new AbortController().signal,
    };
    return made;
  };
  return {
    machine,
    name,
    commands,
    browser,
    order,
    look: (files: Record<string, string>, app: Partial<PlanApp> = {}, more = {}) =>
      browser.look({ ...order(files, app), ...more }),
    end: () => {
      rmSync(machine, { recursive: true, force: true });
    },
  };
}

/** Processes of this machine that were started with a name in their arguments. */
export function processesOf(name: string): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      return line.includes(name) ? [line.slice(0, 200)] : [];
    } catch {
      return []; // it has ended
    }
  });
}
