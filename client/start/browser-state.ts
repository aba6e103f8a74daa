/** Whether the worker of this machine finds a browser. */
import { join } from "node:path";
import { type FoundBrowser, findBrowser } from "../../qa/browser.js";
import type { Context } from "../context.js";

/** As the worker looks; nothing is fetched. @returns why there is none, with the command that mends it. */
export function browserHere({
  environment: { path, userHome },
  paths: { root },
}: Pick<Context, "environment" | "paths">): Promise<FoundBrowser | { why: string }> {
  const fetched = { folder: fetchedBrowser(root), fetch: false };
  return findBrowser({ path, home: userHome, fetched });
}

/** Where a Chromium from npm lies. @param root the engine's folder. */
export const fetchedBrowser = (root: string) => join(root, "browser");
