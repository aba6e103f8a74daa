/** Features that name another repository than the mission's own. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { planViolations } from "../../domain/plan-rules.js";
import { chooseRepositories } from "../../client/start/other-repositories.js";
import type { Plan } from "../../domain/plan.js";
import {
  makeFolder,
  makeMission,
  makeUserRepository,
  removeAll,
  userGit,
  writeFiles,
} from "./mission-fixture.js";

let root: string;
let repo: string;
let other: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
  other = await makeUserRepository(root, "client");
  await writeFiles(other, { "client.txt": "client" });
  await userGit(other, "add", "-A");
  await userGit(other, "commit", "-q", "-m", "Client");
});
afterEach(() => removeAll(root));

const mission = (more: Parameters<typeof makeMission>[2] = {}) =>
  makeMission(root, repo, {
    features: [{ id: "1.1", repository: "client" }, { id: "1.2" }],
    record: { repositories: { client: other } },
    ...more,
  });

describe("a feature that names another repository", () => {
  it("is done, committed and merged there, on the mission's branch, and nowhere else", async () => {
    const made = await mission();
    const { workspace, outcome } = await made.finish("1.1", { "new.txt": "new" });
    await made.finish("1.2", { "own.txt": "own" });
    expect(outcome.kind).toBe("merged");
    expect(workspace.baseCommit).toBe(await userGit(other, "rev-parse", "main"));
    const branch = `mission/${made.missionId}`;
    const list = (dir: string) => userGit(dir, "ls-tree", "-r", "--name-only", branch);
    expect(await list(other)).toBe("README.md\nclient.txt\nnew.txt\nsrc/a.txt");
    expect(await list(repo)).toBe("README.md\nown.txt\nsrc/a.txt");
    expect(await userGit(other, "status", "--porcelain")).toBe("");
    expect(await userGit(other, "symbolic-ref", "--short", "HEAD")).toBe("main");
  });

  it("has its checks run there, also those on its base", async () => {
    const verify = { method: "bash", run: "test -f client.txt && test -f new.txt" } as const;
    const checks = [{ id: "c", sentence: "It is there", verify }];
    const made = await mission({ features: [{ id: "1.1", repository: "client", checks }] });
    const workspace = await made.prepare("1.1");
    expect((await made.check("1.1", workspace)).passed).toBe(false);
    await writeFiles(made.place(workspace).tree, { "new.txt": "new" });
    expect((await made.check("1.1", workspace)).passed).toBe(true);
  });

  it("is seen by the milestone's checks beside the mission's own repository", async () => {
    const verify = { method: "bash", run: "test -f own.txt && test -f ../client/new.txt" } as const;
    const made = await mission({
      milestoneChecks: [{ id: "m", sentence: "Both are there", verify }],
    });
    await made.finish("1.2", { "own.txt": "own" });
    const validate = () =>
      made.act(made.activities.validateMilestone, {
        missionId: made.missionId,
        generation: 1,
        milestoneId: "1",
        planHash: made.planHash,
        commandMs: 60_000,
      });
    expect((await validate()).passed).toBe(false);
    await made.finish("1.1", { "new.txt": "new" });
    expect((await validate()).passed).toBe(true);
  });

  it("is refused where the mission began without that repository", async () => {
    const made = await mission({ record: {} });
    await expect(made.prepare("1.1")).rejects.toThrow("began without a repository named client");
  });
});

describe("the repositories of a plan", () => {
  const choose = async (repositories: Record<string, string>) => {
    const { git } = await mission();
    return chooseRepositories(git, { repositories }, { from: root, userHome: root, own: repo });
  };

  it("are found from the folder of the call and from the home", async () => {
    expect(await choose({ client: "client/src" })).toEqual({ client: other });
    expect(await choose({ client: "~/client" })).toEqual({ client: other });
    expect(await choose({})).toBeUndefined();
  });

  it("are refused in one sentence when they are none, have no commits, or are there twice", async () => {
    await expect(choose({ a: "client", b: "client/src" })).rejects.toThrow(
      `${other}, is also the repository a`,
    );
    await expect(choose({ a: "repo" })).rejects.toThrow("is the mission's own repository");
    await expect(choose({ a: "nowhere" })).rejects.toThrow("The repository a of the plan cannot");
    await userGit(root, "init", "-q", "empty");
    await expect(choose({ a: "empty" })).rejects.toThrow("has no commits yet");
    expect(existsSync(join(root, "nowhere"))).toBe(false);
  });

  it("have names that can be folders, and every feature names one of them", async () => {
    const { blobs, planHash } = await mission();
    const plan = JSON.parse(Buffer.from(await blobs.get(planHash)).toString("utf8")) as Plan;
    const sentences = (change: Partial<Plan>) =>
      planViolations({ ...plan, ...change })
        .map(({ sentence }) => sentence)
        .filter((sentence) => /repositor/i.test(sentence));
    expect(sentences({ repositories: { client: "../client" } })).toEqual([]);
    expect(sentences({})).toEqual([expect.stringContaining("which the plan does not name")]);
    const named = (name: string) => sentences({ repositories: { client: "x", [name]: "x" } });
    for (const name of ["../x", "Tree", "tree", "a b", ""]) expect(named(name)).toHaveLength(1);
    const folders = sentences({ repositories: { client: "x" }, workspace: "folder" });
    expect(folders).toEqual([expect.stringContaining("plain folders")]);
  });
});
