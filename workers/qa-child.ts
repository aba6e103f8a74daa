#!/usr/bin/env node
/** The process that looks at an app: reads its order from the file that it is given, leaves a report, and ends. */
import { readFile } from "node:fs/promises";
import type { QaOrder } from "../activities/adapters/browser/qa-order.js";
import { Problem } from "../domain/problem.js";
import { openBrowser } from "../qa/open-browser.js";
import type { QaOptions } from "../qa/options.js";
import { runQa } from "../qa/run.js";

const START_MS = 60_000;

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

/** Its verdict is in its report. */
async function look(options: QaOptions): Promise<number> {
  try {
    await runQa(options);
    return 0;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

const order = JSON.parse(await readFile(process.argv.at(-1) ?? "", "utf8")) as QaOrder;
if (order.kind === "start") process.exitCode = await start(order.browser.path);
else process.exitCode = await look(order.options);
