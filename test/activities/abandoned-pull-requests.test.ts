import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type GitServer, serveGit } from "./forges/git-server.js";
import { serveGitea } from "./forges/gitea-server.js";
import { type TestForge, TOKEN } from "./forges/test-forge.js";
import { makeFolder, makeUserRepository, removeAll, userGit } from "./mission-fixture.js";
import { makeShippingMission } from "./shipping-fixture.js";

let root: string;
let repo: string;
let bare: string;
let gitea: TestForge;
let server: GitServer;
beforeAll(async () => {
  gitea = await serveGitea();
});
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
  bare = join(root, "served", "octo", "hello.git");
  await mkdir(bare, { recursive: true });
  await userGit(bare, "init", "-q", "--bare");
  await userGit(bare, "config", "http.receivepack", "true");
  server = await serveGit(join(root, "served"), TOKEN);
});
afterEach(async () => {
  await server.close();
  await removeAll(root);
  gitea.requests.length = gitea.asked.length = 0;
  delete gitea.refuse.next;
});
afterAll(() => gitea.close());

async function start() {
  const startCommit = await userGit(repo, "rev-parse", "HEAD");
  const gitUrl = `${server.url}/octo/hello.git`;
  const forge = { ...gitea.place, gitUrl, target: "main", startCommit };
  return makeShippingMission(root, repo, { forge }, { "git.example.com": TOKEN });
}

describe("a pull request of a mission that is cancelled", () => {
  it("is closed with a word, unless it was merged or somebody touched it", async () => {
    const mission = await start();
    const ids = ["1.1", "1.2", "1.3", "1.4", "1.5"];
    for (const [at, id] of ids.entries()) {
      const commit = await mission.work(id, { [`${id}.txt`]: "x\n" });
      await mission.open(id, commit);
      const kept = gitea.requests[at];
      if (kept !== undefined) kept.commit = commit;
      if (id === "1.1") await mission.integrate(id, commit);
    }
    const [merged, alone, pushed, worded, titled] = gitea.requests;
    Object.assign(merged ?? {}, { state: "merged" });
    Object.assign(pushed ?? {}, { commit: "f".repeat(40) });
    worded?.comments.push("Let me finish this.");
    Object.assign(titled ?? {}, { title: "Mine now" });
    const left = [3, 4, 5].map((n) => `https://git.example.com/octo/hello/pulls/${n}`);
    expect(await mission.abandon()).toEqual({ closed: 1, left, leftInAll: 3 });
    expect(gitea.requests.map(({ state }) => state)).toEqual([
      ...["merged", "closed", "open", "open", "open"],
    ]);
    expect(alone?.comments).toEqual([expect.stringContaining("The mission was cancelled")]);
    expect(await userGit(bare, "for-each-ref", "--format=%(refname)")).toContain("-1.2");
    // A second try tells the same.
    expect(await mission.abandon()).toEqual({ closed: 1, left, leftInAll: 3 });
    expect(alone?.comments).toHaveLength(1);
    expect(pushed?.comments).toEqual([]);
  });

  it("is left open and named where the forge cannot be asked", async () => {
    const mission = await start();
    await mission.open("1.1", await mission.work("1.1", { "a.txt": "x\n" }));
    const headers = { "retry-after": "2400" };
    gitea.refuse.next = { status: 429, body: { message: "too many" }, headers };
    expect(await mission.abandon()).toMatchObject({
      closed: 0,
      leftInAll: 1,
      why: expect.stringContaining("takes no more requests"),
    });
    expect(gitea.requests).toMatchObject([{ state: "open", comments: [] }]);
  });
});
