/** The other repositories that a plan names: looked at before a mission starts. */
import { resolve } from "node:path";
import type { Plan } from "../../domain/plan.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { Git } from "../../store/git.js";
import { requireUsableRepository } from "../repository.js";

/**
 * @param from folder that relative paths start from. @param own top folder of the mission's own repository, where it is there.
 * @returns top folders by name; undefined when the plan names none. @throws Problem for one that cannot be used, or is there twice.
 */
export async function chooseRepositories(
  git: Git,
  { repositories = {} }: Pick<Plan, "repositories">,
  { from, userHome, own }: { from: string; userHome: string; own: string | undefined },
): Promise<Record<string, string> | undefined> {
  const named = Object.entries(repositories);
  if (named.length === 0) return undefined;
  const seen = new Map(own === undefined ? [] : [[own, "the mission's own repository"]]);
  const found: Record<string, string> = {};
  for (const [name, path] of named) {
    const { root } = await usable(git, name, resolve(from, path.replace(/^~(?=\/|$)/, userHome)));
    const twin = seen.get(root);
    if (twin !== undefined)
      throw new Problem(
        EXIT.badInput,
        `The repository ${name} of the plan, ${root}, is ${twin}.`,
        "Name each repository once, and leave out `repository` for features of the mission's own.",
      );
    seen.set(root, `also the repository ${name}`);
    found[name] = root;
  }
  return found;
}

async function usable(git: Git, name: string, path: string) {
  try {
    return await requireUsableRepository(git, path);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(
      error.exitCode,
      `The repository ${name} of the plan cannot be used: ${error.message}`,
      error.remedy.includes("--repo")
        ? "Mend its path in the plan's `repositories`."
        : error.remedy,
      error,
    );
  }
}
