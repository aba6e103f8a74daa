/** Pull requests on GitHub, and on servers of their own that speak the same. */
import { Octokit } from "@octokit/rest";
import { retry } from "@octokit/plugin-retry";
import { throttling, type ThrottlingOptions } from "@octokit/plugin-throttling";
import type { ForgePort } from "../../forge-ports.js";
import { type CiRun, ciStateOf } from "./ci-state.js";
import { chosenOf, commentMarker, findOrMake, tellComments } from "./find-or-make.js";
import { closedByPerson, MOVED } from "../../../domain/forge-refusals.js";
import { refusalOf } from "./forge-errors.js";
import type { ForgeAccess } from "./forge-http.js";

const ANSWER_MS = 30_000;
const PER_PAGE = 100;
/** Longer waits end the activity, which Temporal runs again then. */
const LONGEST_WAIT_SECONDS = 60;
const WAITS = 2;
const ALREADY_THERE = 422;
/** Whatever is no success and still may be mended by itself is not repeated here when it makes something. */
const ONCE = { request: { retries: 0 } } as const;

const Client = Octokit.plugin(retry, throttling);

/** @param pace instead of the library's spacing of writes, which a test does not wait for. */
export function createGithub(
  access: ForgeAccess,
  pace: Partial<ThrottlingOptions> = {},
): ForgePort {
  const { place, secondMs = 1_000, now } = access;
  const [owner = "", repo = ""] = place.project.split("/");
  const client = new Client({
    baseUrl: place.apiUrl,
    auth: access.token,
    userAgent: "missions",
    log: SILENT,
    request: { fetch: fetchFor(access) },
    retry: { retries: 2, retryAfterBaseValue: secondMs / 2 },
    throttle: {
      onRateLimit: mayWait,
      onSecondaryRateLimit: mayWait,
      retryAfterBaseValue: secondMs,
      ...pace,
    },
  });
  const { pulls, issues, repos, checks } = client.rest;
  const here = { owner, repo };

  /** Library errors hold the request with its token, so none is passed on. */
  const asked = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      access.signal.throwIfAborted();
      throw refusalOf(place, replyIn(error), now());
    }
  };

  const find = async (head: string, base: string, commit: string) => {
    const { data } = await asked(() =>
      pulls.list({ ...here, head: `${owner}:${head}`, base, state: "all", per_page: PER_PAGE }),
    );
    // a server that does not know the filter answers with all
    const ours = data.filter((each) => each.head.ref === head && each.base.ref === base);
    return chosenOf(ours.map(outlined), commit);
  };

  const readCi = async (commit: string) => {
    const [status, runs] = await Promise.all([
      asked(() => repos.getCombinedStatusForRef({ ...here, ref: commit, per_page: PER_PAGE })),
      asked(() => checks.listForRef({ ...here, ref: commit, per_page: PER_PAGE })),
    ]);
    return ciStateOf([
      ...status.data.statuses.map(({ context, state, target_url }) => ({
        name: context,
        state: stateOfStatus(state),
        address: target_url,
      })),
      ...runs.data.check_runs.map(({ name, status: at, conclusion, html_url }) => ({
        name,
        state: at === "completed" ? stateOfConclusion(conclusion) : ("pending" as const),
        address: html_url,
      })),
    ]);
  };

  const commentsOf = (id: string) =>
    asked(() =>
      client.paginate(issues.listComments, {
        ...here,
        issue_number: Number(id),
        per_page: PER_PAGE,
      }),
    );

  return {
    async open({ head, base, title, body, commit }) {
      const found = await findOrMake(
        () => find(head, base, commit),
        async () => {
          try {
            return outlined(
              (await pulls.create({ ...here, head, base, title, body, ...ONCE })).data,
            );
          } catch (error) {
            const reply = replyIn(error);
            if (reply.status === ALREADY_THERE && /already exists/i.test(reply.says))
              return undefined;
            access.signal.throwIfAborted();
            throw refusalOf(place, reply, now());
          }
        },
      );
      if (found.state === "closed") throw closedByPerson(found.where);
      if (found.state === "open" && (found.title !== title || found.body !== body))
        await asked(() =>
          pulls.update({ ...here, pull_number: found.number, title, body, ...ONCE }),
        );
      const { ci } = await readCi(commit);
      return { id: String(found.number), where: found.where, awaitsCi: ci !== "none" };
    },

    async read(id, commit) {
      const pull_number = Number(id);
      const [{ data }, ci] = await Promise.all([
        asked(() => pulls.get({ ...here, pull_number })),
        readCi(commit),
      ]);
      return { state: data.merged ? "merged" : data.state, ...ci };
    },

    async traces(id) {
      const { data } = await asked(() => pulls.get({ ...here, pull_number: Number(id) }));
      const { head, state, title, body } = { ...outlined(data), head: data.head.ref };
      const said = tellComments((await commentsOf(id)).map((comment) => comment.body ?? ""));
      const comments = said.comments + data.review_comments;
      return { state, head, commit: data.head.sha, title, body, comments, keys: said.keys };
    },

    async comment(id, key, body) {
      const issue_number = Number(id);
      const marker = commentMarker(key);
      const find = async () => {
        const comments = await commentsOf(id);
        const isThere = comments.some((comment) => comment.body?.includes(marker) === true);
        return isThere || undefined;
      };
      await findOrMake(find, async () => {
        const text = `${body}\n\n${marker}`;
        await asked(() => issues.createComment({ ...here, issue_number, body: text, ...ONCE }));
        return true;
      });
    },

    async close(id) {
      await asked(() =>
        pulls.update({ ...here, pull_number: Number(id), state: "closed", ...ONCE }),
      );
    },
  };
}

interface Shown {
  number: number;
  html_url: string;
  title: string;
  body: string | null;
  state: string;
  merged_at: string | null;
  head: { sha: string };
}

const outlined = ({ number, html_url, title, body, state, merged_at, head }: Shown) => ({
  number,
  where: html_url,
  title,
  body: body ?? "",
  commit: head.sha,
  state:
    merged_at !== null
      ? ("merged" as const)
      : state === "open"
        ? ("open" as const)
        : ("closed" as const),
});

const silent = () => undefined;
const SILENT = { debug: silent, info: silent, warn: silent, error: silent };

const mayWait = (seconds: number, _options: unknown, _client: unknown, waits: number) =>
  seconds <= LONGEST_WAIT_SECONDS && waits < WAITS;

/** No redirect is followed, and no request waits for ever. */
function fetchFor({ signal }: ForgeAccess): typeof fetch {
  return async (input, init) => {
    const ends = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
    const answer = await fetch(input, { ...init, redirect: "manual", signal: ends });
    const isRedirect = answer.status > 300 && answer.status < 400 && answer.status !== 304;
    if (!isRedirect) return answer;
    return Response.json({ message: "The repository has moved." }, { status: MOVED });
  };
}

/** Status 0: there was no answer. */
function replyIn(error: unknown) {
  const { status, response, message } = error as {
    status?: number;
    message?: string;
    response?: { headers: Record<string, string | number | undefined> };
  };
  if (status === undefined || response === undefined) return { status: 0, headers: {}, says: "" };
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
  const says = (message ?? "").replace(/ - https:\/\/docs\.\S+/, "");
  return { status, headers: Object.fromEntries(headers) as Record<string, string>, says };
}

const stateOfStatus = (state: string): CiRun["state"] =>
  state === "success" ? "passed" : state === "pending" ? "pending" : "failed";

const stateOfConclusion = (conclusion: string | null): CiRun["state"] =>
  ["success", "neutral", "skipped"].includes(conclusion ?? "") ? "passed" : "failed";
