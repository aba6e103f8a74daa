/** Plays what somebody did to the shop through the engine: a real repository, a workspace, the feature's checks. */
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Check } from "../../domain/plan.js";
import type { ChecksOutcome } from "../../domain/work.js";
import { makeMission, userGit, writeFiles } from "../activities/mission-fixture.js";
import { type Files, SHOP } from "./shop.js";

interface Played {
  base?: Files;
  head: Files;
  checks?: { run: string; alreadyTrue?: boolean }[];
  rewrites?: string[];
}

/** npm takes as long to start as all the rest; it is asked where its scripts changed. */
const usual = (head: Files) => [
  { run: head["package.json"] === undefined ? "node --test" : "npm test", alreadyTrue: true },
];

/** @returns the folder of a repository with the shop, for all that is played on copies of it. */
export async function makeShop(root: string): Promise<string> {
  const shop = join(root, "shop");
  await writeFiles(shop, { "README.md": "A shop.\n" });
  await lay(shop, SHOP);
  await userGit(shop, "init", "-q", "-b", "main");
  await commitAll(shop, "First");
  return shop;
}

async function commitAll(repo: string, subject: string): Promise<void> {
  await userGit(repo, "add", "-A");
  await userGit(repo, "commit", "-q", "--allow-empty", "-m", subject);
}

/** @param shop from `makeShop`. @returns what the engine says, with the text of its evidence. */
export async function play(
  root: string,
  shop: string,
  { base = {}, head, checks = usual(head), rewrites = [] }: Played,
): Promise<ChecksOutcome & { said: string }> {
  const repo = join(root, "repo");
  await cp(shop, repo, { recursive: true });
  if (Object.keys(base).length > 0) {
    await lay(repo, base);
    await commitAll(repo, "Before");
  }
  const mission = await makeMission(root, repo, {
    features: [{ id: "1.1", checks: checks.map(asCheck), rewrites }],
  });
  const workspace = await mission.prepare("1.1");
  await lay(mission.place(workspace).tree, head);
  const outcome = await mission.check("1.1", workspace);
  const { evidence } = outcome;
  const said = evidence === undefined ? "" : String(await mission.blobs.get(evidence.sha256));
  return { ...outcome, said };
}

const asCheck = (
  { run, alreadyTrue }: { run: string; alreadyTrue?: boolean },
  at: number,
): Check => ({
  id: `c${at + 1}`,
  sentence: `${run} passes`,
  verify: { method: "bash", run },
  ...(alreadyTrue === undefined ? {} : { alreadyTrue }),
});

async function lay(folder: string, files: Files): Promise<void> {
  const there = Object.entries(files).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  await writeFiles(folder, Object.fromEntries(there));
  for (const [path, text] of Object.entries(files))
    if (text === null) await rm(join(folder, path), { force: true });
}
