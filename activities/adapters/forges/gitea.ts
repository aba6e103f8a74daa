/** Pull requests on Gitea and Forgejo. Their client library has types only: it neither retries, nor waits, nor ends. */
import type { z } from "zod";
import {
  giteaCombinedStatus,
  giteaComment,
  giteaPullRequest,
  type GiteaPullRequest,
} from "../../../domain/schemas/forge-replies.js";
import type { ForgePort } from "../../forge-ports.js";
import { type CiRun, ciStateOf } from "./ci-state.js";
import { chosenOf, commentMarker, findOrMake, tellComments } from "./find-or-make.js";
import { closedByPerson, unreadable } from "../../../domain/forge-refusals.js";
import { createForgeHttp, type ForgeAccess, listAll } from "./forge-http.js";

const PER_PAGE = "50";
const ALREADY_THERE = 409;
/** Says of a status what stands for `passed`; `warning` is no failure there. */
const STATES: Record<string, CiRun["state"]> = {
  pending: "pending",
  success: "passed",
  warning: "passed",
  skipped: "passed",
};

export function createGitea(access: ForgeAccess): ForgePort {
  const { place } = access;
  const http = createForgeHttp(access, "token");
  const [owner = "", name = ""] = place.project.split("/").map(encodeURIComponent);
  const root = `/repos/${owner}/${name}`;
  const read = <Schema extends z.ZodType>(schema: Schema, body: unknown, what: string) => {
    const result = schema.safeParse(body);
    if (!result.success) throw unreadable(place, what);
    return result.data;
  };
  const pullRequest = (body: unknown) => read(giteaPullRequest, body, "pull request");

  const find = async (head: string, base: string, commit: string) => {
    const items = await listAll(http, `${root}/pulls`, {
      state: "all",
      sort: "recentupdate",
      limit: PER_PAGE,
    });
    const ours = items
      .map(pullRequest)
      .filter((each) => each.head.ref === head && each.base.ref === base)
      .sort((one, other) => Number(other.number) - Number(one.number));
    return chosenOf(ours.map(outlined), commit);
  };

  const readCi = async (commit: string) => {
    const { body } = await http.get(`${root}/commits/${commit}/status`);
    const { statuses } = read(giteaCombinedStatus, body, "status of a commit");
    const runs = (statuses ?? []).map(({ context, status, target_url }) => ({
      name: context,
      state: STATES[status] ?? ("failed" as const),
      address: target_url,
    }));
    return ciStateOf(runs);
  };

  const commentsPath = (id: string) => `${root}/issues/${Number(id)}/comments`;
  const commentsOf = async (id: string) =>
    (await listAll(http, commentsPath(id), { limit: PER_PAGE })).map(
      (comment) => read(giteaComment, comment, "comment").body,
    );

  return {
    async open({ head, base, title, body, commit }) {
      const found = await findOrMake(
        () => find(head, base, commit),
        async () => {
          const order = { head, base, title, body };
          const made = await http.write("POST", `${root}/pulls`, order, [ALREADY_THERE]);
          return made.status === ALREADY_THERE ? undefined : outlined(pullRequest(made.body));
        },
      );
      if (found.state === "closed") throw closedByPerson(found.where);
      if (found.state === "open" && (found.title !== title || found.body !== body))
        await http.write("PATCH", `${root}/pulls/${found.id}`, { title, body });
      const { ci } = await readCi(commit);
      return { id: found.id, where: found.where, awaitsCi: ci !== "none" };
    },

    async read(id, commit) {
      const { body } = await http.get(`${root}/pulls/${Number(id)}`);
      const { state } = outlined(pullRequest(body));
      return { state, ...(await readCi(commit)) };
    },

    async traces(id) {
      const { body } = await http.get(`${root}/pulls/${Number(id)}`);
      const request = pullRequest(body);
      const { comments, keys } = tellComments(await commentsOf(id));
      const foreign = comments + (request.review_comments ?? 0);
      return { ...outlined(request), head: request.head.ref, comments: foreign, keys };
    },

    async comment(id, key, body) {
      const marker = commentMarker(key);
      const find = async () =>
        (await commentsOf(id)).some((comment) => comment.includes(marker)) || undefined;
      await findOrMake(find, async () => {
        await http.write("POST", commentsPath(id), { body: `${body}\n\n${marker}` });
        return true;
      });
    },

    async close(id) {
      await http.write("PATCH", `${root}/pulls/${Number(id)}`, { state: "closed" });
    },
  };
}

const outlined = ({ number, html_url, title, body, head, state, merged }: GiteaPullRequest) => ({
  id: number,
  where: html_url,
  title,
  body: body ?? "",
  commit: head.sha,
  state: merged ? ("merged" as const) : state,
});
