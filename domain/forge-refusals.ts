/** What a forge's refusals mean to a person, and what mends them. */
import { cleanLine } from "./clean-text.js";
import type { ForgePlace, ServerKind } from "./forge-place.js";
import { EXIT, Problem } from "./problem.js";

/** Status that stands for every redirect: none is followed, because the token would go along. */
export const MOVED = 410;

export const TOKEN_RIGHTS: Record<ServerKind, string> = {
  github:
    "a fine-grained token needs Contents and Pull requests (read and write), Checks and Commit statuses (read); a classic one the scope `repo`",
  gitea: "repository and issue (read and write), of somebody who may push",
  gitlab: "the scopes `api` and `write_repository`, of a Developer or more",
};

/** How to give the engine another token. */
export const tokenCommand = ({ kind, host }: Pick<ForgePlace, "kind" | "host">) =>
  `npx missions key set ${kind}${host === "github.com" || host === "gitlab.com" ? "" : ` --host ${host}`}`;

export const isArchived = ({ host, project }: ForgePlace) =>
  problem(`${project} on ${host} is archived: it takes nothing.`, "Unarchive it there.");

/** @param says the forge's own words, which are shown and not believed. */
export const lacksRights = (place: ForgePlace, says: string) =>
  problem(
    `The token for ${place.host} may not do this in ${place.project}${says === "" ? "" : `: ${says}`}.`,
    `Give it the rights (${TOKEN_RIGHTS[place.kind]}) and keep it: ${tokenCommand(place)}`,
  );

/** For an answer that a second try cannot change. @param says what the forge wrote. */
export function refusalProblem(place: ForgePlace, status: number, says: string): Problem {
  const { host, project } = place;
  const said = cleanLine(says, 200);
  if (status === 401)
    return problem(
      `${host} refused the token.`,
      `Make a new one and keep it: ${tokenCommand(place)}`,
    );
  if (status === 403 && /archived/i.test(said)) return isArchived(place);
  if (status === 403) return lacksRights(place, said);
  if (status === 404)
    return problem(
      `${host} has no repository ${project} that the token can see.`,
      "Check the address of `origin` and which repositories the token is for.",
    );
  if (status === MOVED)
    return problem(
      `${project} has moved away from where it was on ${host}, or is closed there.`,
      "Put its new address in (git remote set-url origin ADDRESS); missions that have begun keep the old one.",
    );
  return problem(
    `${host} refused it (${status})${said === "" ? "" : `: ${said}`}.`,
    "Mend what it names there, then retry the feature.",
  );
}

/** Somebody said no to it: that is a decision, and the engine does not undo it. */
export const closedByPerson = (where: string) =>
  problem(
    `The pull request ${where} was closed without being merged.`,
    "Reopen it there and retry the feature, or skip the feature.",
  );

export const unreadable = (place: ForgePlace, what: string) =>
  problem(
    `${place.host} answered with something that is no ${what}.`,
    `Check that ${place.apiUrl} is the address of its interface (\`forges\` in settings.yaml).`,
  );

const problem = (message: string, remedy: string) => new Problem(EXIT.environment, message, remedy);
