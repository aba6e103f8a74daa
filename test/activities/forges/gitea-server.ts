/** Gitea as far as pull requests go, on this machine; its answers and what it takes have the types that Gitea publishes. */
import type {
  CombinedStatus,
  Comment,
  CreateIssueCommentOption,
  CreatePullRequestOption,
  EditPullRequestOption,
  PullRequest,
} from "gitea-js";
import { type Answer, type Asked, serveForge } from "./faulty-server.js";
import { keptOf } from "./kept-requests.js";
import { COMMIT, type KeptRequest, type TestForge } from "./test-forge.js";

/** Every field that the type has, so that a new one is seen here. */
type Fields<Option> = Record<keyof Required<Option>, true>;
const CREATE: Fields<CreatePullRequestOption> = {
  assignee: true,
  assignees: true,
  base: true,
  body: true,
  due_date: true,
  head: true,
  labels: true,
  milestone: true,
  reviewers: true,
  team_reviewers: true,
  title: true,
};
const EDIT: Fields<EditPullRequestOption> = {
  allow_maintainer_edit: true,
  assignee: true,
  assignees: true,
  base: true,
  body: true,
  due_date: true,
  labels: true,
  milestone: true,
  state: true,
  title: true,
  unset_due_date: true,
};
const COMMENT: Fields<CreateIssueCommentOption> = { body: true };
const LIST = ["state", "sort", "milestone", "labels", "poster", "page", "limit"];
const PAGE = 2;

export async function serveGitea(): Promise<TestForge> {
  const requests: KeptRequest[] = [];
  const ci: TestForge["ci"] = { statuses: [], runs: [] };
  const refuse: TestForge["refuse"] = {};
  const shown = (kept: KeptRequest): PullRequest => ({
    id: kept.number + 1_000,
    number: kept.number,
    html_url: `https://git.example.com/octo/hello/pulls/${kept.number}`,
    title: kept.title,
    body: kept.body,
    state: kept.state === "open" ? "open" : "closed",
    merged: kept.state === "merged",
    merge_base: COMMIT,
    head: { label: kept.head, ref: kept.head, sha: kept.commit, repo_id: 1 },
    base: { label: kept.base, ref: kept.base, sha: COMMIT, repo_id: 1 },
  });
  const pulls = "/repos/octo/hello/pulls";
  const answer = (asked: Asked): Answer => {
    const { method, path, query, body } = asked;
    const number = Number(/\/(\d+)(?:\/|$)/.exec(path)?.[1]);
    const named = path.replace(/\/[0-9a-f]{40}(?=\/)/, "/{sha}");
    const route = `${method} ${named.replace(/\/\d+(?=\/|$)/, "/{index}")}`;
    switch (route) {
      case `GET ${pulls}`: {
        only(query, LIST);
        const all = [...requests].reverse();
        const page = Number(query["page"] ?? 1);
        const items = all.slice((page - 1) * PAGE, page * PAGE).map(shown);
        const next = `<https://elsewhere.example/?page=${page + 1}>; rel="next"`;
        const headers = page * PAGE < all.length ? { link: next } : {};
        return { status: 200, body: items, headers };
      }
      case `POST ${pulls}`: {
        only(body, Object.keys(CREATE));
        const {
          head = "",
          base = "",
          title = "",
          body: words = "",
        } = body as CreatePullRequestOption;
        const isThere = requests.some(
          (kept) => kept.head === head && kept.base === base && kept.state === "open",
        );
        if (isThere)
          return {
            status: 409,
            body: { message: "pull request already exists for these targets" },
          };
        const number = requests.length + 1;
        const made: KeptRequest = {
          ...{ number, head, base, title, body: words },
          ...{ commit: COMMIT, state: "open", comments: [] },
        };
        requests.push(made);
        return { status: 201, body: shown(made) };
      }
      case `GET ${pulls}/{index}`:
        return { status: 200, body: shown(keptOf(requests, number)) };
      case `PATCH ${pulls}/{index}`: {
        only(body, Object.keys(EDIT));
        const kept = keptOf(requests, number);
        Object.assign(kept, body);
        return { status: 201, body: shown(kept) };
      }
      case "GET /repos/octo/hello/issues/{index}/comments": {
        const comments = keptOf(requests, number).comments;
        return { status: 200, body: comments.map((text): Comment => ({ id: 1, body: text })) };
      }
      case "POST /repos/octo/hello/issues/{index}/comments": {
        only(body, Object.keys(COMMENT));
        const text = String(body["body"]);
        keptOf(requests, number).comments.push(text);
        return { status: 201, body: { id: 1, body: text } satisfies Comment };
      }
      case "GET /repos/octo/hello/commits/{sha}/status": {
        const statuses = ci.statuses.map(({ name, state }) => ({
          id: 1,
          context: name,
          status: state as "success",
          target_url: `https://ci.example.com/${name}`,
        }));
        const combined: CombinedStatus = { sha: COMMIT, total_count: statuses.length, statuses };
        return { status: 200, body: combined };
      }
    }
    throw new Error(`nobody should ask ${route}`);
  };
  const server = await serveForge((asked) => refuse.next ?? answer(asked));
  return {
    ...server,
    requests,
    ci,
    refuse,
    place: {
      kind: "gitea",
      host: "git.example.com",
      project: "octo/hello",
      apiUrl: server.url,
      gitUrl: "https://git.example.com/octo/hello.git",
    },
  };
}

function only(given: object, known: string[]): void {
  const odd = Object.keys(given).find((name) => !known.includes(name));
  if (odd !== undefined) throw new Error(`Gitea takes no ${odd}`);
}
