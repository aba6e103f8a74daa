/** GitHub as far as pull requests go, on this machine; each request and answer is held to GitHub's description. */
import { type Answer, type Asked, serveForge } from "./faulty-server.js";
import { githubDescription } from "./github-description.js";
import { keptOf } from "./kept-requests.js";
import { COMMIT, type KeptRequest, type TestForge } from "./test-forge.js";

const description = githubDescription();
const pull = description.example("pull-request") as unknown as Example;
const [simplePull] = description.example("pull-request-simple-items") as unknown as [Example];
const comment = description.example("issue-comment");
const combined = description.example("combined-commit-status") as { statuses: object[] };
const checkRuns = description.example("check-run-paginated") as unknown as { check_runs: object[] };

interface Example extends Record<string, unknown> {
  head: Record<string, unknown>;
  base: Record<string, unknown>;
}

export async function serveGithub(): Promise<TestForge> {
  const requests: KeptRequest[] = [];
  const ci: TestForge["ci"] = { statuses: [], runs: [] };
  const refuse: TestForge["refuse"] = {};
  const asExample = (example: Example, kept: KeptRequest) => ({
    ...example,
    requested_teams: [], // the published example lacks what its own description wants
    number: kept.number,
    html_url: `https://github.com/octo/hello/pull/${kept.number}`,
    title: kept.title,
    body: kept.body,
    state: kept.state === "open" ? "open" : "closed",
    merged_at: kept.state === "merged" ? "2026-03-04T05:06:07Z" : null,
    ...("merged" in example ? { merged: kept.state === "merged" } : {}),
    head: { ...example.head, ref: kept.head, sha: kept.commit },
    base: { ...example.base, ref: kept.base },
  });
  const routes: Record<string, (asked: Asked, number: number) => Answer> = {
    "GET /repos/{owner}/{repo}/pulls": ({ query }) => ({
      status: 200,
      body: requests
        .filter(({ head, base }) => `octo:${head}` === query["head"] && base === query["base"])
        .map((kept) => asExample(simplePull, kept))
        .reverse(),
    }),
    "POST /repos/{owner}/{repo}/pulls": ({ body }) => {
      const { head, base, title, body: words } = body as Record<string, string>;
      const isThere = requests.some(
        (kept) => kept.head === head && kept.base === base && kept.state === "open",
      );
      if (isThere) return invalid(`A pull request already exists for octo:${head ?? ""}.`);
      const number = requests.length + 1;
      const made = { number, head: head ?? "", base: base ?? "", title: title ?? "" };
      const kept = {
        ...made,
        body: words ?? "",
        state: "open",
        commit: COMMIT,
        comments: [],
      } as const;
      requests.push({ ...kept, comments: [] });
      return { status: 201, body: asExample(pull, { ...kept, comments: [] }) };
    },
    "GET /repos/{owner}/{repo}/pulls/{pull_number}": (_asked, number) => ({
      status: 200,
      body: asExample(pull, keptOf(requests, number)),
    }),
    "PATCH /repos/{owner}/{repo}/pulls/{pull_number}": ({ body }, number) => {
      const kept = keptOf(requests, number);
      Object.assign(kept, body);
      return { status: 200, body: asExample(pull, kept) };
    },
    "GET /repos/{owner}/{repo}/issues/{issue_number}/comments": (_asked, number) => ({
      status: 200,
      body: keptOf(requests, number).comments.map((body) => ({ ...comment, body })),
    }),
    "POST /repos/{owner}/{repo}/issues/{issue_number}/comments": ({ body }, number) => {
      keptOf(requests, number).comments.push(String(body["body"]));
      return { status: 201, body: { ...comment, body: body["body"] } };
    },
    "GET /repos/{owner}/{repo}/commits/{ref}/status": () => ({
      status: 200,
      body: {
        ...combined,
        total_count: ci.statuses.length,
        statuses: ci.statuses.map(({ name, state }) => ({
          ...combined.statuses[0],
          context: name,
          state,
        })),
      },
    }),
    "GET /repos/{owner}/{repo}/commits/{ref}/check-runs": () => ({
      status: 200,
      body: {
        total_count: ci.runs.length,
        check_runs: ci.runs.map(({ name, state }) => ({
          ...checkRuns.check_runs[0],
          name,
          status: state === "pending" ? "in_progress" : "completed",
          conclusion: state === "pending" ? null : state,
        })),
      },
    }),
  };
  const server = await serveForge((asked) => {
    const template = description.request(asked);
    const route = routes[`${asked.method} ${template}`];
    if (route === undefined) throw new Error(`nobody should ask ${asked.method} ${template}`);
    if (refuse.next !== undefined) return refuse.next;
    const answer = route(asked, Number(/\/(\d+)(?:\/|$)/.exec(asked.path)?.[1]));
    description.answer(asked, answer);
    return answer;
  });
  return {
    ...server,
    requests,
    ci,
    refuse,
    place: {
      kind: "github",
      host: "github.com",
      project: "octo/hello",
      apiUrl: server.url,
      gitUrl: "https://github.com/octo/hello.git",
    },
  };
}

const invalid = (message: string): Answer => ({
  status: 422,
  body: {
    message: "Validation Failed",
    errors: [{ resource: "PullRequest", code: "custom", message }],
    documentation_url: "https://docs.github.com/rest/pulls/pulls#create-a-pull-request",
  },
});
