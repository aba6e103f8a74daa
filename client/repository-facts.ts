/** What a repository says about itself, found by looking: its list of files and a few manifests. Runs nothing of it. */
import { lstat, open } from "node:fs/promises";
import { join } from "node:path";
import { factsOf, MANIFESTS, type Manifests } from "../domain/interview/repository-facts.js";
import type { RepositoryFacts } from "../domain/scope.js";
import type { Git } from "../store/git.js";

/** Large repositories list slowly; facts are not worth more of a person's time. */
const LIST_MS = 10_000;
const MANIFEST_BYTES = 256_000;

/** Of the work tree at `root`. Never throws for what it finds: what cannot be read is not there. */
export async function readRepositoryFacts(root: string, git: Git): Promise<RepositoryFacts> {
  const [files, texts] = await Promise.all([trackedFiles(root, git), readManifests(root)]);
  return factsOf(files, texts);
}

async function trackedFiles(root: string, git: Git): Promise<string[]> {
  const signal = AbortSignal.timeout(LIST_MS);
  const list = await git(root, ["ls-files", "-z"], { signal }).catch(() => "");
  return list.split("\0").filter((path) => path !== "");
}

async function readManifests(root: string): Promise<Manifests> {
  const texts: Manifests = {};
  await Promise.all(
    MANIFESTS.map(async (name) => {
      const text = await readRegular(join(root, name));
      if (text !== undefined) texts[name] = text;
    }),
  );
  return texts;
}

/** Links, pipes and folders are no manifests; of a long one the beginning will do. */
async function readRegular(path: string): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile() !== true) return undefined;
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(MANIFEST_BYTES),
      0,
      MANIFEST_BYTES,
      0,
    );
    return buffer.toString("utf8", 0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
