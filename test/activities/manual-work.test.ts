import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createManualWorkActivities } from "../../activities/manual-work.js";
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
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(() => removeAll(root));

const aPersons = (wishes: object = {}) =>
  makeMission(root, repo, { features: [{ id: "1.1", agent: "manual", ...wishes }] });

describe("what a person is asked to do", () => {
  it("names the clone on this host, with the brief and without secrets", async () => {
    const features = [{ id: "1.1", agent: "manual" as const, brief: "Use the key hunter2 there." }];
    const mission = await makeMission(root, repo, { features, secret: "hunter2" });
    const { describeManualWork } = createManualWorkActivities(mission.deps);
    const workspace = await mission.prepare("1.1");
    const { question } = await describeManualWork({ feature: mission.ref("1.1"), workspace });
    expect(question).toContain(`${mission.place(workspace).tree} on host host1, a clone`);
    expect(question).toContain("Use the key [secret] there.");
  });
});

describe("a person's work in a clone", () => {
  it("is taken over whether they committed it there or not", async () => {
    const mission = await aPersons();
    const workspace = await mission.prepare("1.1");
    const { tree } = mission.place(workspace);
    await writeFiles(tree, { "committed.txt": "one\n" });
    await userGit(tree, "add", "-A");
    await userGit(tree, "commit", "-q", "-m", "My own");
    await writeFiles(tree, { "left.txt": "two\n" });
    const { commit, filesChanged } = await mission.commit("1.1", workspace);
    expect(filesChanged).toBe(2);
    expect(await mission.integrate("1.1", commit)).toMatchObject({ kind: "merged" });
    const branch = `mission/${mission.missionId}`;
    expect(await userGit(repo, "show", `${branch}:committed.txt`)).toBe("one");
    expect(await userGit(repo, "show", `${branch}:left.txt`)).toBe("two");
  });

  it("that was kept when they were stopped lies there again when it is theirs to do anew", async () => {
    const mission = await aPersons();
    const workspace = await mission.prepare("1.1");
    await writeFiles(mission.place(workspace).tree, { "half.txt": "half\n" });
    await mission.commit("1.1", workspace);
    await mission.finish("1.2", { "b.txt": "b\n" });
    const again = await mission.prepare("1.1");
    expect(again.baseCommit).not.toBe(workspace.baseCommit);
    const { tree } = mission.place(again);
    expect(await readFile(join(tree, "half.txt"), "utf8")).toBe("half\n");
    expect(await readFile(join(tree, "b.txt"), "utf8")).toBe("b\n");
  });
});
