/** Opens an interview: looks where the person stands, what the repository says and what was remembered. Changes nothing. */
import { join } from "node:path";
import { packageRoot } from "../../config/package-root.js";
import {
  answerQuestion,
  type Interview,
  type InterviewPlace,
  openInterview,
  readGoal,
} from "../../domain/interview/interview.js";
import { Problem } from "../../domain/problem.js";
import { createGit, type Git } from "../../store/git.js";
import { chooseHome } from "../../store/homes.js";
import { readPreferences } from "../../store/preferences.js";
import type { Context } from "../context.js";
import { newMissionId } from "../mission-id.js";
import { readRepositoryFacts } from "../repository-facts.js";
import { requireUsableRepository } from "../repository.js";
import { machineZone } from "../start/deadline.js";
import { repositoryName } from "../start/places.js";

export interface OpeningWishes {
  goal: string;
  /** `--id`; left out: a new one. */
  id?: string | undefined;
  repo?: string | undefined;
  homeless?: boolean | undefined;
  /** Answers that options gave, by question id; they are not asked. */
  given?: Record<string, string> | undefined;
  /** IANA zone in which deadlines are typed; left out: the machine's. */
  zone?: string | undefined;
}

/**
 * What could not be used but is no reason to stop is in `noticed`.
 * @throws Problem for a goal, a repository named or an answer given that cannot be used.
 */
export async function openInterviewHere(
  context: Context,
  wishes: OpeningWishes,
): Promise<{ interview: Interview; noticed: string[] }> {
  const { environment } = context;
  const goal = readGoal(wishes.goal);
  const id = wishes.id ?? newMissionId();
  const git = createGit({ path: environment.path, home: join(context.paths.run, "no-home") });
  const noticed: string[] = [];
  const notice = (error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    noticed.push(`${error.message} ${error.remedy}`);
  };
  const { place, fixed } = await findPlace(context, git, { ...wishes, goal, id }, notice);
  const preferences = await readPreferences(environment.home).catch((error: unknown) => {
    notice(error);
    return {};
  });
  const facts =
    place.repository === undefined ? undefined : await readRepositoryFacts(place.repository, git);
  const now = new Date();
  const opened = openInterview({
    id,
    goal,
    createdAt: now.toISOString(),
    zone: wishes.zone ?? machineZone(),
    place,
    preferences,
    ...(facts === undefined ? {} : { facts }),
  });
  const given = { ...(fixed === undefined ? {} : { place: fixed }), ...wishes.given };
  return { interview: withAnswers(opened, { given, zone: wishes.zone }, now), noticed };
}

/** @throws Problem for an answer that cannot be used. */
export function withAnswers(
  interview: Interview,
  { given = {}, zone = interview.zone }: Pick<OpeningWishes, "given" | "zone">,
  now: Date,
): Interview {
  return Object.entries(given).reduce(
    (sum, [questionId, typed]) => answerQuestion(sum, questionId, typed, now),
    { ...interview, zone },
  );
}

/** What was named must be usable; a repository that the person only stands in is left aside when it is not. */
async function findPlace(
  context: Context,
  git: Git,
  { goal, id, repo, homeless }: OpeningWishes & { id: string },
  notice: (error: unknown) => void,
): Promise<{ place: InterviewPlace; fixed?: string }> {
  const { environment } = context;
  const home = await chooseHome({
    callerFolder: environment.callerFolder,
    toolRoot: packageRoot(),
    home: environment.home,
    ...(repo === undefined ? {} : { repo }),
    ...(homeless === undefined ? {} : { homeless }),
  });
  const proposed = join(environment.projectsHome, repositoryName(goal, id));
  const nowhere = { proposed, home: environment.home };
  if (home.kind === "homeless") {
    return { place: nowhere, ...(homeless === true ? { fixed: "homeless" } : {}) };
  }
  if (home.dedicated === true) {
    return { place: { ...nowhere, proposed: home.repo }, fixed: "dedicated" };
  }
  const usable = requireUsableRepository(git, home.repo);
  if (repo !== undefined) {
    return { place: { ...nowhere, repository: (await usable).root }, fixed: "repository" };
  }
  const found = await usable.catch(notice);
  return { place: found === undefined ? nowhere : { ...nowhere, repository: found.root } };
}
