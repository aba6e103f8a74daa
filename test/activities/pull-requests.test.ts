import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PlanFeature } from "../../domain/plan.js";
import type { MissionRecord } from "../../store/mission-record.js";
import { writeMissionRecord } from "../../store/mission-record.js";
import { type GitServer, serveGit } from "./forges/git-server.js";
import { serveGitea } from "./forges/gitea-server.js";
import { type TestForge, TOKEN, turn } from "./forges/test-forge.js";
import { makeFolder, makeUserRepository, removeAll, userGit } from "./mission-fixture.js";
import { makeShippingMission } from "./shipping-fixture.js";

let root: string;
let repo: string;
let gitea: TestForge;
beforeAll(async () => {
  gitea = await serveGitea();
});
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(async () => {
  await removeAll(root);
  gitea.requests.length = gitea.asked.length = gitea.faults.length = 0;
  delete gitea.refuse.next;
});
afterAll(() => gitea.close());

const start = (
  ...wishes: [
    record?: Partial<MissionRecord>,
    tokens?: Record<string, string>,
    features?: Partial<PlanFeature>[],
  ]
) => makeShippingMission(root, repo, ...wishes);

describe("a pull request without a server", () => {
  it("is a review file with checks, evidence, review and what changed", async () => {
    const mission = await start();
    const commit = await mission.work("1.1", { "hello.txt": "hello\n" });
    const evidence = await mission.blobs.put(
      `PASS 1.1.1: It greets\ntrue\n\`\`\`\n/close\n@octocat ${TOKEN}`,
      "checks.txt",
    );
    const findings = await mission.blobs.put("minor: a name\n", "review.txt");
    const opened = await mission.open("1.1", commit, {
      ...{ checks: evidence, review: findings, reviewSummary: "1 minor; ask @ann about #9" },
    });
    expect(opened).toEqual({ kind: "open", id: "1.1", where: "reviews/1.1.md", awaitsCi: false });
    const path = join(mission.record.folder, "reviews/1.1.md");
    const text = await readFile(path, "utf8");
    expect(text).toContain("- [x] 1.1.1 It greets @<!-- -->everyone, see #<!-- -->12");
    expect(text).toContain("hello.txt");
    expect(text).toContain(`sha256 ${evidence.sha256}`);
    expect(text).toContain("minor: a name");
    expect(text).toContain("ask @<!-- -->ann about #<!-- -->9");
    expect(text).toContain(`Commit: ${commit}`);
    expect(text).toContain("Completes-feature: 1.1");
    expect(text).not.toContain(TOKEN);
    // What was quoted cannot end its box.
    expect(text).toMatch(/````text\nPASS[^]*\n\/close\n@octocat \[secret\]\n````/);
    expect(await mission.read("1.1", "1.1", commit)).toMatchObject({ state: "open", ci: "none" });

    const outcome = await mission.integrate("1.1", commit);
    if (outcome.kind !== "merged") throw new Error(outcome.kind);
    expect(await mission.settle("1.1", "1.1", commit, outcome.head)).toEqual({});
    await mission.settle("1.1", "1.1", commit, outcome.head);
    await mission.open("1.1", commit);
    const settled = await readFile(path, "utf8");
    expect(settled.match(/Merged into/g)).toHaveLength(1);
    expect(settled).toContain(`at ${outcome.head}`);
    expect(await mission.read("1.1", "1.1", commit)).toMatchObject({ state: "merged" });
    expect(await mission.openMission()).toEqual({ kind: "none" });
  });

  it("is named in TODO.md, which the merge ticks", async () => {
    await writeFile(join(repo, "TODO.md"), "# To do\n\n- [ ] buy milk\n");
    await userGit(repo, "add", "-A");
    await userGit(repo, "commit", "-q", "-m", "Keep a list");
    const mission = await start();
    for (const id of ["1.1", "1.2"]) {
      const commit = await mission.work(id, { [`${id}.txt`]: "x\n" });
      await mission.open(id, commit);
      expect(await mission.integrate(id, commit)).toMatchObject({ kind: "merged" });
    }
    const todo = await userGit(repo, "show", `mission/${mission.missionId}:TODO.md`);
    expect(todo).toMatch(/^# To do\n\n- \[ \] buy milk\n\n## Mission m-20260304-abc123: Test\n/);
    expect(todo).toMatch(
      /^- \[x\] 1\.1 .*`mission\/m-20260304-abc123-1\.1`.*<reviews\/1\.1\.md>$/m,
    );
    expect(todo).toMatch(/^- \[x\] 1\.2 .*<reviews\/1\.2\.md>$/m);
    expect(todo).toMatch(/^- \[ \] 1\.3 /m);
    expect(await readFile(join(repo, "TODO.md"), "utf8")).not.toContain("Mission");
  });
});

describe("a pull request on a forge", () => {
  let server: GitServer;
  let bare: string;
  beforeEach(async () => {
    bare = join(root, "served", "octo", "hello.git");
    await mkdir(bare, { recursive: true });
    await userGit(bare, "init", "-q", "--bare");
    await userGit(bare, "config", "http.receivepack", "true");
    server = await serveGit(join(root, "served"), TOKEN);
  });
  afterEach(() => server.close());

  const startThere = async (tokens: Record<string, string> = { "git.example.com": TOKEN }) => {
    const startCommit = await userGit(repo, "rev-parse", "HEAD");
    const gitUrl = `${server.url}/octo/hello.git`;
    const forge = { ...gitea.place, gitUrl, target: "main", startCommit };
    return start({ forge }, tokens);
  };
  const heads = async () => {
    const list = await userGit(bare, "for-each-ref", "--format=%(refname:short) %(objectname)");
    return Object.fromEntries(list.split("\n").map((line) => line.split(" "))) as Record<
      string,
      string
    >;
  };
  const branch = "mission/m-20260304-abc123";

  it("goes from the feature's branch to the mission's, is merged by the engine, and is told so once", async () => {
    const mission = await startThere();
    const commit = await mission.work("1.1", { "hello.txt": "hello\n" });
    const opened = await mission.open("1.1", commit);
    expect(opened).toMatchObject({ kind: "open", id: "1", awaitsCi: false });
    expect(await mission.open("1.1", commit)).toEqual(opened);
    expect(gitea.requests).toMatchObject([{ head: `${branch}-1.1`, base: branch }]);
    const start = await userGit(repo, "rev-parse", "HEAD");
    expect(await heads()).toEqual({ [branch]: start, [`${branch}-1.1`]: commit });

    const outcome = await mission.integrate("1.1", commit);
    if (outcome.kind !== "merged") throw new Error(outcome.kind);
    turn(gitea, "merged");
    expect(await mission.settle("1.1", "1", commit, outcome.head)).toEqual({});
    expect(await mission.settle("1.1", "1", commit, outcome.head)).toEqual({});
    expect((await heads())[branch]).toBe(outcome.head);
    expect(gitea.requests[0]?.comments).toEqual([expect.stringContaining(outcome.head)]);
  });

  it("is closed with a word where the forge does not see the merge", async () => {
    const mission = await startThere();
    const commit = await mission.work("1.1", { "hello.txt": "hello\n" });
    await mission.open("1.1", commit);
    await mission.integrate("1.1", commit);
    const { note } = await mission.settle("1.1", "1", commit, commit);
    expect(note).toMatch(/git\.example\.com did not see the merge by itself/);
    expect(gitea.requests).toMatchObject([{ state: "closed", comments: [expect.any(String)] }]);
  });

  it("is told of its merge with the next one, or at the mission's end, where the push was refused", async () => {
    const mission = await startThere();
    const merge = async (featureId: string) => {
      const commit = await mission.work(featureId, { [`${featureId}.txt`]: "x\n" });
      const opened = await mission.open(featureId, commit);
      if (opened.kind !== "open") throw new Error(opened.kind);
      const outcome = await mission.integrate(featureId, commit);
      if (outcome.kind !== "merged") throw new Error(outcome.kind);
      return () => mission.settle(featureId, opened.id, commit, outcome.head);
    };
    const told = () => gitea.requests.map(({ comments }) => comments.length);
    const [first, second, third] = [await merge("1.1"), await merge("1.2"), await merge("1.3")];
    turn(gitea, "merged");
    server.token = "another";
    expect((await first()).note).toMatch(/token/);
    expect((await second()).note).toMatch(/token/);
    expect(told()).toEqual([0, 0, 0]);
    server.token = TOKEN;
    expect(await third()).toEqual({ note: "Told of their merge by now: 1.1, 1.2." });
    expect(await third()).toEqual({});
    expect(told()).toEqual([1, 1, 1]);

    const last = await merge("1.4");
    turn(gitea, "merged");
    server.token = "another";
    expect((await last()).note).toMatch(/token/);
    server.token = TOKEN;
    expect(await mission.openMission()).toMatchObject({ kind: "open" });
    expect(told()).toEqual([1, 1, 1, 1, 0]);
  });

  it("of a feature of another repository goes to the forge of that one", async () => {
    const lib = await makeUserRepository(root, "lib");
    const served = join(root, "served", "octo", "lib.git");
    await mkdir(served, { recursive: true });
    await userGit(served, "init", "-q", "--bare");
    await userGit(served, "config", "http.receivepack", "true");
    const otherForges = { lib: { ...gitea.place, gitUrl: `${server.url}/octo/lib.git` } };
    const mission = await start(
      { repositories: { lib }, otherForges },
      { "git.example.com": TOKEN },
      [{ id: "1.1", repository: "lib" }],
    );
    const commit = await mission.work("1.1", { "hello.txt": "hello\n" });
    expect(await mission.open("1.1", commit)).toMatchObject({ kind: "open", id: "1" });
    const own = await mission.work("1.2", { "own.txt": "own\n" });
    expect(await mission.open("1.2", own)).toMatchObject({ where: "reviews/1.2.md" });
    expect(gitea.requests).toMatchObject([{ head: `${branch}-1.1`, base: branch }]);
    const format = "--format=%(refname:short) %(objectname)";
    expect(await userGit(served, "for-each-ref", format)).toContain(`${branch}-1.1 ${commit}`);
    expect(await heads()).toEqual({ "": undefined });

    const outcome = await mission.integrate("1.1", commit);
    if (outcome.kind !== "merged") throw new Error(outcome.kind);
    turn(gitea, "merged");
    expect(await mission.settle("1.1", "1", commit, outcome.head)).toEqual({});
    expect(await userGit(served, "rev-parse", branch)).toBe(outcome.head);
  });

  it("awaits the CI that the commit brings along, before it has begun", async () => {
    const mission = await startThere();
    const commit = await mission.work("1.1", { ".gitea/workflows/ci.yml": "on: push\n" });
    expect(await mission.open("1.1", commit)).toMatchObject({ awaitsCi: true });
  });

  it("is refused in one sentence, with nothing half-made", async () => {
    const mission = await startThere({});
    const commit = await mission.work("1.1", { "hello.txt": "hello\n" });
    expect(await mission.open("1.1", commit)).toEqual({
      kind: "refused",
      reason:
        "No token for git.example.com is kept any more. Keep one: npx missions key set gitea --host git.example.com",
    });
    const expired = await startThere({ "git.example.com": "expired" });
    expect(await expired.open("1.1", commit)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("refused the token"),
    });
    expect(gitea.requests).toEqual([]);
  });

  it("leaves a forge's long limit to the workflow, and a short one to the next try", async () => {
    const mission = await startThere();
    const commit = await mission.work("1.1", { "hello.txt": "hello\n" });
    const limited = (seconds: number) => {
      const headers = { "retry-after": String(seconds) };
      gitea.refuse.next = { status: 403, body: { message: "a secondary rate limit" }, headers };
    };
    limited(2_400);
    const later = await mission.open("1.1", commit, { takesLater: true });
    if (later.kind !== "later") throw new Error(later.kind);
    expect(Math.round(later.waitMs / 60_000)).toBe(40);
    expect(later.why).toContain("git.example.com takes no more requests");
    // A workflow that began before knows no such answer.
    await expect(mission.open("1.1", commit)).rejects.toMatchObject({ type: "ForgeUnavailable" });
    limited(90);
    await expect(mission.open("1.1", commit, { takesLater: true })).rejects.toMatchObject({
      type: "ForgeUnavailable",
      nextRetryDelay: expect.anything(),
    });

    delete gitea.refuse.next;
    await mission.open("1.1", commit);
    const outcome = await mission.integrate("1.1", commit);
    if (outcome.kind !== "merged") throw new Error(outcome.kind);
    turn(gitea, "merged");
    limited(2_400);
    const untold = await mission.settle("1.1", "1", commit, outcome.head);
    expect(Math.round((untold.laterMs ?? 0) / 60_000)).toBe(40);
    delete gitea.refuse.next;
    expect(await mission.settle("1.1", "1", commit, outcome.head)).toEqual({});
    expect(gitea.requests[0]?.comments).toHaveLength(1);
  });

  it("of a mission goes to the branch it began from, for people to merge", async () => {
    const mission = await startThere();
    expect(await mission.openMission()).toEqual({ kind: "none" });
    const commit = await mission.work("1.1", { "hello.txt": "hello\n" });
    await mission.open("1.1", commit);
    const outcome = await mission.integrate("1.1", commit);
    const where = "https://git.example.com/octo/hello/pulls/2";
    expect(await mission.openMission()).toEqual({ kind: "open", where });
    expect(await mission.openMission()).toEqual({ kind: "open", where });
    expect(gitea.requests[1]).toMatchObject({ head: branch, base: "main" });
    expect(gitea.requests[1]?.body).toMatch(/- 1\.1 .*pulls\/1[^]*hello\.txt[^]*Commit: /);
    expect(gitea.requests[1]?.body).not.toContain("1.2");
    expect(Object.keys(await heads())).toEqual([branch, `${branch}-1.1`]);
    expect(outcome.kind).toBe("merged");
    const { forge: _, ...record } = mission.record;
    await writeMissionRecord(mission.paths.state, record);
    expect(await mission.openMission()).toEqual({ kind: "none" });
  });
});
