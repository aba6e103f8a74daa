#!/usr/bin/env node
/** The process that looks at an app: reads its order from the file that it is given, leaves a report, and ends. */
import { readFile } from "node:fs/promises";
import type { QaOrder } from "../activities/adapters/browser/qa-order.js";
import { openBrowser } from "../qa/open-browser.js";
import { runQa } from "../qa/run.js";

const START_MS = 30_000;

async function start(path: string): Promise<number> {
  const opened = await openBrowser(path, [], START_MS);
  if ("why" in opened) {
    process.stderr.write(`${opened.why}\n`);
    return 1;
  }
  process.stdout.write(`version ${opened.browser.version()}\n`);
  await opened.close();
  return 0;
}

const order = JSON.parse(await readFile(process.argv.at(-1) ?? "", "utf8")) as QaOrder;
if (order.kind === "start") process.exitCode = await start(order.browser.path);
else await runQa(order.options); // its verdict is in its report
