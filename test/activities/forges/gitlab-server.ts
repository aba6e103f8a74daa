/** GitLab as far as merge requests go, on this machine; what is read of its answers has the types that its clients publish. */
import type {
  CommitStatusSchema,
  CreateMergeRequestOptions,
  EditMergeRequestOptions,
  ExpandedMergeRequestSchema,
  MergeRequestNoteSchema,
} from "@gitbeaker/core";
import { type Answer, type Asked, serveForge } from "./faulty-server.js";
import { keptOf } from "./kept-requests.js";
import { COMMIT, type KeptRequest, type TestForge } from "./test-forge.js";

/** What the adapter sends, by the names of the interface and of the published types. */
const CREATE: Record<string, keyof CreateMergeRequestOptions | "path"> = {
  source_branch: "path",
  target_branch: "path",
  title: "path",
  description: "description",
};
const EDIT: Record<string, keyof EditMergeRequestOptions> = {
  title: "title",
  description: "description",
  state_event: "stateEvent",
};
const LIST = ["source_branch", "target_branch", "state", "page", "per_page"];

type Shown = Pick<
  ExpandedMergeRequestSchema,
  "iid" | "state" | "web_url" | "title" | "description" | "source_branch" | "target_branch" | "sha"
>;

export async function serveGitlab(): Promise<TestForge> {
  const requests: KeptRequest[] = [];
  const ci: TestForge["ci"] = { statuses: [], runs: [] };
  const refuse: TestForge["refuse"] = {};
  const shown = (kept: KeptRequest): Shown => ({
    iid: kept.number,
    state: kept.state === "open" ? "opened" : kept.state,
    web_url: `https://gitlab.com/group/sub/hello/-/merge_requests/${kept.number}`,
    title: kept.title,
    description: kept.body,
    source_branch: kept.head,
    target_branch: kept.base,
    sha: kept.commit,
  });
  const root = "/projects/group%2Fsub%2Fhello";
  const answer = (asked: Asked): Answer => {
    const { method, path, query, body } = asked;
    const number = Number(/merge_requests\/(\d+)/.exec(path)?.[1]);
    const route = `${method} ${path.replace(/\/\d+(?=\/|$)/, "/{iid}")}`;
    switch (route) {
      case `GET ${root}/merge_requests`:
        only(query, LIST);
        return {
          status: 200,
          body: requests
            .filter(
              ({ head, base }) =>
                head === query["source_branch"] && base === query["target_branch"],
            )
            .map(shown)
            .reverse(),
        };
      case `POST ${root}/merge_requests`: {
        only(body, Object.keys(CREATE));
        const {
          source_branch: head = "",
          target_branch: base = "",
          title = "",
        } = body as Record<string, string>;
        const isThere = requests.some(
          (kept) => kept.head === head && kept.base === base && kept.state === "open",
        );
        const message = ["Another open merge request already exists for this source branch: !1"];
        if (isThere) return { status: 409, body: { message } };
        const made: KeptRequest = {
          ...{ number: requests.length + 1, head, base, title },
          ...{ body: String(body["description"]), commit: COMMIT, state: "open", comments: [] },
        };
        requests.push(made);
        return { status: 201, body: shown(made) };
      }
      case `GET ${root}/merge_requests/{iid}`:
        return { status: 200, body: shown(keptOf(requests, number)) };
      case `PUT ${root}/merge_requests/{iid}`: {
        only(body, Object.keys(EDIT));
        const kept = keptOf(requests, number);
        const { title, description, state_event } = body as Record<string, string>;
        if (title !== undefined) kept.title = title;
        if (description !== undefined) kept.body = description;
        if (state_event === "close") kept.state = "closed";
        return { status: 200, body: shown(kept) };
      }
      case `GET ${root}/merge_requests/{iid}/notes`: {
        const notes = keptOf(requests, number).comments;
        const asNote = (text: string): Pick<MergeRequestNoteSchema, "id" | "body"> => ({
          id: 1,
          body: text,
        });
        return { status: 200, body: notes.map(asNote) };
      }
      case `POST ${root}/merge_requests/{iid}/notes`: {
        only(body, ["body"]);
        keptOf(requests, number).comments.push(String(body["body"]));
        return { status: 201, body: { id: 1, body: body["body"] } };
      }
      case `GET ${root}/repository/commits/${COMMIT}/statuses`: {
        const asStatus = ({ name, state }: { name: string; state: string }) =>
          ({
            name,
            status: state as CommitStatusSchema["status"],
            target_url: `https://ci.example.com/${name}`,
            allow_failure: name.startsWith("may fail"),
          }) satisfies Partial<CommitStatusSchema>;
        return { status: 200, body: ci.statuses.map(asStatus) };
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
      kind: "gitlab",
      host: "gitlab.com",
      project: "group/sub/hello",
      apiUrl: server.url,
      gitUrl: "https://gitlab.com/group/sub/hello.git",
    },
  };
}

function only(given: object, known: string[]): void {
  const odd = Object.keys(given).find((name) => !known.includes(name));
  if (odd !== undefined) throw new Error(`GitLab takes no ${odd}`);
}
