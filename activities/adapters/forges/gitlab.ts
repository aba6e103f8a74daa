/**
 * Merge requests on GitLab. Its usual client library sends a POST again after a 502, passes over Retry-After and keeps the
 * token in its errors, so this speaks for itself.
 */
import type { z } from "zod";
import {
  gitlabMergeRequest,
  type GitlabMergeRequest,
  gitlabNote,
  gitlabStatus,
} from "../../../domain/schemas/forge-replies.js";
import type { ForgePort } from "../../forge-ports.js";
import { type CiRun, ciStateOf } from "./ci-state.js";
import { chosenOf, commentMarker, findOrMake, tellComments } from "./find-or-make.js";
import { closedByPerson, unreadable } from "../../../domain/forge-refusals.js";
import { createForgeHttp, type ForgeAccess, listAll } from "./forge-http.js";

const PER_PAGE = "100";
const ALREADY_THERE = 409;
const PASSED = ["success", "skipped", "manual"];
const FAILED = ["failed", "canceled"];

export function createGitlab(access: ForgeAccess): ForgePort {
  const { place } = access;
  const http = createForgeHttp(access, "Bearer");
  const root = `/projects/${encodeURIComponent(place.project)}`;
  const read = <Schema extends z.ZodType>(schema: Schema, body: unknown, what: string) => {
    const result = schema.safeParse(body);
    if (!result.success) throw unreadable(place, what);
    return result.data;
  };
  const mergeRequest = (body: unknown) => outlined(read(gitlabMergeRequest, body, "merge request"));

  const find = async (head: string, base: string, commit: string) => {
    const query = { source_branch: head, target_branch: base, state: "all", per_page: PER_PAGE };
    const items = await listAll(http, `${root}/merge_requests`, query);
    const ours = items
      .map(mergeRequest)
      .filter((each) => each.head === head && each.base === base)
      .sort((one, other) => Number(other.id) - Number(one.id));
    return chosenOf(ours, commit);
  };

  const readCi = async (commit: string) => {
    const path = `${root}/repository/commits/${commit}/statuses`;
    const items = await listAll(http, path, { per_page: PER_PAGE });
    const runs = items.map((item) => {
      const { name, status, target_url, allow_failure } = read(gitlabStatus, item, "status");
      return { name, state: stateOf(status, allow_failure === true), address: target_url };
    });
    return ciStateOf(runs);
  };

  const notesPath = (id: string) => `${root}/merge_requests/${Number(id)}/notes`;
  const notesOf = async (id: string) =>
    (await listAll(http, notesPath(id), { per_page: PER_PAGE })).map((note) =>
      read(gitlabNote, note, "note"),
    );

  return {
    async open({ head, base, title, body, commit }) {
      const found = await findOrMake(
        () => find(head, base, commit),
        async () => {
          const order = { source_branch: head, target_branch: base, title, description: body };
          const made = await http.write("POST", `${root}/merge_requests`, order, [ALREADY_THERE]);
          return made.status === ALREADY_THERE ? undefined : mergeRequest(made.body);
        },
      );
      if (found.state === "closed") throw closedByPerson(found.where);
      if (found.state === "open" && (found.title !== title || found.body !== body))
        await http.write("PUT", `${root}/merge_requests/${found.id}`, { title, description: body });
      const { ci } = await readCi(commit);
      return { id: found.id, where: found.where, awaitsCi: ci !== "none" };
    },

    async read(id, commit) {
      const { body } = await http.get(`${root}/merge_requests/${Number(id)}`);
      const { state } = mergeRequest(body);
      return { state, ...(await readCi(commit)) };
    },

    async traces(id) {
      const { body } = await http.get(`${root}/merge_requests/${Number(id)}`);
      const said = (await notesOf(id)).filter(({ system }) => system !== true);
      return { ...mergeRequest(body), ...tellComments(said.map((note) => note.body)) };
    },

    async comment(id, key, body) {
      const marker = commentMarker(key);
      const find = async () =>
        (await notesOf(id)).some((note) => note.body.includes(marker)) || undefined;
      await findOrMake(find, async () => {
        await http.write("POST", notesPath(id), { body: `${body}\n\n${marker}` });
        return true;
      });
    },

    async close(id) {
      await http.write("PUT", `${root}/merge_requests/${Number(id)}`, { state_event: "close" });
    },
  };
}

const STATES = { opened: "open", locked: "open", merged: "merged", closed: "closed" } as const;

const outlined = (request: GitlabMergeRequest) => ({
  id: request.iid,
  where: request.web_url,
  title: request.title,
  body: request.description ?? "",
  head: request.source_branch,
  base: request.target_branch,
  commit: request.sha ?? "",
  state: STATES[request.state],
});

function stateOf(status: string, mayFail: boolean): CiRun["state"] {
  if (PASSED.includes(status)) return "passed";
  if (FAILED.includes(status)) return mayFail ? "passed" : "failed";
  return "pending";
}
