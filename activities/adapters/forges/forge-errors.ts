/** What a forge's refusals mean to a person, and which of them pass by themselves. */
import type { ForgePlace, ServerKind } from "../../../domain/forge-place.js";
import { cleanLine } from "../../../domain/clean-text.js";
import { EXIT, Problem } from "../../../domain/problem.js";
import { retryAtMs } from "../retry-after.js";

/** No answer, a failing one, or "later". What was asked for may have happened all the same: read back before any repeat. */
export class ForgeUnavailable extends Error {
  override readonly name = "ForgeUnavailable";
  /** ms since the epoch, where the forge said when. */
  readonly retryAtMs: number | undefined;

  constructor(message: string, retryAtMs?: number) {
    super(message);
    this.retryAtMs = retryAtMs;
  }
}

export interface ForgeReply {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** What it says is wrong. */
  says: string;
}

/** Status that stands for every redirect: none is followed, because the token would go along. */
export const MOVED = 410;

const RIGHTS: Record<ServerKind, string> = {
  github:
    "a fine-grained token needs Contents and Pull requests (read and write), Checks and Commit statuses (read); a classic one the scope `repo`",
  gitea: "it needs repository and issue: read and write, of somebody who may push",
  gitlab: "it needs the scopes `api` and `write_repository`, of a Developer or more",
};

/** How to give the engine another token. */
export const tokenCommand = ({ kind, host }: Pick<ForgePlace, "kind" | "host">) =>
  `npx missions key set ${kind}${host === "github.com" || host === "gitlab.com" ? "" : ` --host ${host}`}`;

/** True for answers that ask to wait: nothing was done. */
export function isRateLimited({ status, headers, says }: ForgeReply): boolean {
  if (status === 429) return true;
  return (
    status === 403 &&
    (headers["retry-after"] !== undefined ||
      headers["x-ratelimit-remaining"] === "0" ||
      /rate limit|abuse/i.test(says))
  );
}

/** @returns what to throw: a Problem, or ForgeUnavailable. */
export function refusalOf(place: ForgePlace, reply: ForgeReply, nowMs: number): Error {
  const { host, project } = place;
  const { status } = reply;
  if (isRateLimited(reply))
    return new ForgeUnavailable(
      `${host} takes no more requests for now (${status}).`,
      retryAtMs(reply.headers, nowMs),
    );
  if (status >= 500 || status === 408 || status === 0)
    return new ForgeUnavailable(
      `${host} ${status === 0 ? "does not answer" : `answered with status ${status}`}.`,
      retryAtMs(reply.headers, nowMs),
    );
  const said = cleanLine(reply.says, 200);
  if (status === 401)
    return problem(
      `${host} refused the token.`,
      `Make a new one and keep it: ${tokenCommand(place)}`,
    );
  if (status === 403 && /archived/i.test(said))
    return problem(`${project} on ${host} is archived: it takes nothing.`, "Unarchive it there.");
  if (status === 403)
    return problem(
      `The token for ${host} may not do this in ${project}${said === "" ? "" : `: ${said}`}.`,
      `Give it the rights (${RIGHTS[place.kind]}) and keep it: ${tokenCommand(place)}`,
    );
  if (status === 404)
    return problem(
      `${host} has no repository ${project} that the token can see.`,
      "Check the address of `origin` and the token's repositories.",
    );
  if (status === MOVED)
    return problem(
      `${project} has moved or is closed on ${host}.`,
      "Put the new address in: git remote set-url origin ADDRESS; missions started before stay with the old one.",
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
