/** What must hold of the other repositories that a plan names. Pure: whether they are there is seen when a mission starts. */
import type { Violation } from "./plan-issues.js";
import { shown } from "./plan-issues.js";
import type { Plan } from "./plan.js";

/** Becomes part of a folder's name. */
const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;
/** Folders of a workspace, beside which the others are laid out. */
const RESERVED: ReadonlySet<string> = new Set(["tree", "home", "attempt", "handover", "control"]);

export function repositoryViolations(plan: Plan): Violation[] {
  const { repositories = {}, workspace, milestones } = plan;
  const names = Object.keys(repositories);
  const violations: Violation[] = [];
  if (names.length > 0 && workspace === "folder")
    violations.push({
      sentence: "The plan names repositories, and works in plain folders.",
      remedy: "Leave out `workspace: folder`, or `repositories`.",
    });
  for (const name of names) {
    if (!NAME.test(name) || RESERVED.has(name))
      violations.push({
        sentence: `The repository name ${shown(name)} cannot name a folder beside a workspace.`,
        remedy: `Use up to 40 small letters, digits and dashes, as web-client; not ${[...RESERVED].join(", ")}.`,
      });
    if (repositories[name]?.trim() === "")
      violations.push({
        sentence: `The repository ${shown(name)} has no path.`,
        remedy: "Write the path of a git repository, as ../web-client.",
      });
  }
  for (const { id, repository } of milestones.flatMap(({ features }) => features))
    if (repository !== undefined && !names.includes(repository))
      violations.push({
        sentence: `Feature ${id} is to be done in the repository ${shown(repository)}, which the plan does not name.`,
        remedy: `Name it with its path: repositories: {${repository.slice(0, 40)}: ../path}; or leave it out for the mission's own.`,
      });
  return violations;
}
