/** What a repository says about itself, found by looking: its list of files and a few manifests. Runs nothing of it. */
import { factsOf } from "../domain/interview/repository-facts.js";
import type { RepositoryFacts } from "../domain/scope.js";
import type { Git } from "../store/git.js";
import { readManifests } from "../store/manifests.js";

/** Large repositories list slowly; facts are not worth more of a person's time. */
const LIST_MS = 10_000;

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
