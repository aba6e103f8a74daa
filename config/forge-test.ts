/** Asks a forge whether a token works, and what it may do, with one request that changes nothing. */
import { z } from "zod";
import type { ForgePlace } from "../domain/forge-place.js";
import { isArchived, lacksRights, MOVED, refusalProblem } from "../domain/forge-refusals.js";
import { EXIT, Problem } from "../domain/problem.js";
import type { Secret } from "./secret.js";

const ANSWER_MS = 15_000;
/** GitLab's number for who may push. */
const DEVELOPER = 30;

const access = z.object({ access_level: z.number() }).nullish();
const repository = z.object({
  archived: z.boolean().nullish(),
  permissions: z
    .object({
      push: z.boolean().optional(),
      project_access: access,
      group_access: access,
    })
    .nullish(),
});

/** @throws Problem when the token is refused, the repository is not there, archived, or not to be written; or nothing answers. */
export async function requireWritable(place: ForgePlace, token: Secret): Promise<void> {
  const found = repository.safeParse(await ask(place, token, repositoryPath(place)));
  if (!found.success) return; // what it does not say is found out when it is used
  const { archived, permissions } = found.data;
  if (archived === true) throw isArchived(place);
  if (permissions != null && !mayPush(permissions)) throw lacksRights(place, "");
}

/** @throws Problem when the forge does not know the token or does not answer. */
export async function requireToken(place: ForgePlace, token: Secret): Promise<void> {
  // a token that may not read its own user is a token all the same
  await ask(place, token, "/user", 403);
}

type Permissions = NonNullable<z.output<typeof repository>["permissions"]>;

function mayPush({ push, project_access, group_access }: Permissions): boolean {
  if (push !== undefined) return push;
  if (project_access === undefined && group_access === undefined) return true;
  return [project_access, group_access].some((each) => (each?.access_level ?? 0) >= DEVELOPER);
}

const repositoryPath = ({ kind, project }: ForgePlace) =>
  kind === "gitlab"
    ? `/projects/${encodeURIComponent(project)}`
    : `/repos/${project.split("/").map(encodeURIComponent).join("/")}`;

const SCHEMES = { github: "Bearer", gitea: "token", gitlab: "Bearer" } as const;

async function ask(
  place: ForgePlace,
  token: Secret,
  path: string,
  accepted?: number,
): Promise<unknown> {
  const answer = await fetch(`${place.apiUrl}${path}`, {
    redirect: "manual",
    signal: AbortSignal.timeout(ANSWER_MS),
    headers: {
      accept: "application/json",
      authorization: `${SCHEMES[place.kind]} ${token.reveal()}`,
      "user-agent": "missions",
    },
  }).catch(() => undefined); // the library's error may hold the request
  if (answer === undefined || answer.status >= 500) throw silent(place, answer?.status);
  const body: unknown = await answer.json().catch(() => undefined);
  if (answer.ok || answer.status === accepted) return body;
  const { success, data } = z.object({ message: z.string() }).safeParse(body);
  const isRedirect = answer.status >= 300 && answer.status < 400;
  throw refusalProblem(place, isRedirect ? MOVED : answer.status, success ? data.message : "");
}

/** Told apart by its exit code: this may pass. */
const silent = ({ host, apiUrl }: ForgePlace, status: number | undefined) =>
  new Problem(
    EXIT.noServer,
    `${host} ${status === undefined ? "does not answer" : `answers with status ${status}`} at ${apiUrl}.`,
    "Check the network and the address (`forges` in settings.yaml), or start with --forge local.",
  );
