/** A feature that is done on another host than its mission's home: two engine folders that share one store. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportBundle, importBundle } from "../../activities/adapters/bundles.js";
import { createTrees } from "../../activities/adapters/trees.js";
import { createWorkspaceActivities } from "../../activities/workspace.js";
import { readFeatureEvents } from "../../store/feature-record.js";
import { createJournal, journalPath, readJournal } from "../../store/journal.js";
import {
  AT,
  makeFolder,
  makeUserRepository,
  removeAll,
  userGit,
  writeFiles,
} from "./mission-fixture.js";
import { makeTwoHosts } from "./two-hosts-fixture.js";

let root: string;
let repo: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(() => removeAll(root));

const twoHosts = () => makeTwoHosts(root, repo);

describe("a host that has never seen the mission", () => {
  it("says that it needs the base, holds a slot for the feature, and makes nothing", async () => {
    const { ask, deps } = await twoHosts();
    expect(await ask("1.1")).toMatchObject({ needs: "base", hostId: "host2" });
    expect(await readdir(deps.paths.slots)).toHaveLength(1);
    expect(existsSync(deps.paths.workspaces)).toBe(false);
  });

  it("works from what the home has published, without the home's paths, caps and approvals", async () => {
    const { home, prepare, placeOf, deps } = await twoHosts();
    await home.finish("1.2", { "b.txt": "b" });
    const workspace = await prepare("1.1");
    expect(workspace.baseCommit).toBe(
      await userGit(repo, "rev-parse", `mission/${home.missionId}`),
    );
    expect(await readFile(join(placeOf(workspace).tree, "b.txt"), "utf8")).toBe("b");
    const told = await readFile(join(deps.paths.places, `${home.missionId}.json`), "utf8");
    expect(Object.keys(JSON.parse(told) as object).sort()).toEqual(
      ["branch", "generation", "missionId", "mode", "version", "workspace"].sort(),
    );
    expect(existsSync(deps.paths.state)).toBe(false);
  });

  it("gets later heads as small steps on one whole bundle", async () => {
    const { home, atHome, prepare } = await twoHosts();
    const publish = () => home.act(atHome.publishBase, { feature: home.ref("1.1") });
    const first = await publish();
    expect(first.bundles).toHaveLength(1);
    expect((await publish()).bundles).toEqual(first.bundles);
    await home.finish("1.2", { "b.txt": "b" });
    const second = await publish();
    expect(second.bundles[0]).toEqual(first.bundles[0]);
    expect(second.bundles[1]?.base).toBe(first.head);
    expect((await prepare("1.1")).baseCommit).toBe(second.head);
  });

  it("hands its commit over as a bundle, which its home merges once", async () => {
    const { home, prepare, placeOf, commit } = await twoHosts();
    const workspace = await prepare("1.1");
    await writeFiles(placeOf(workspace).tree, { "made.txt": "elsewhere" });
    const made = await commit("1.1", workspace);
    expect(made.bundle).toBeDefined();
    const input = {
      feature: home.ref("1.1"),
      commit: made.commit,
      at: AT,
      ...(made.bundle === undefined ? {} : { bundle: made.bundle }),
    };
    const merge = () => home.act(home.activities.integrateFeature, input);
    const merged = await merge();
    expect(merged.kind).toBe("merged");
    expect(await merge()).toEqual(merged);
    const branch = `mission/${home.missionId}`;
    expect(await userGit(repo, "show", `${branch}:made.txt`)).toBe("elsewhere");
    const log = await userGit(repo, "log", "--format=%(trailers:key=Completes-feature)", branch);
    expect(log.match(/1\.1/g)).toHaveLength(1);
  });

  it("starts after a conflict from the new head, with its earlier change laid out", async () => {
    const { home, prepare, placeOf, commit, away } = await twoHosts();
    const first = await prepare("1.1");
    await writeFiles(placeOf(first).tree, { "src/a.txt": "mine\n" });
    const made = await commit("1.1", first);
    await home.act(away.leaveHost, { feature: home.ref("1.1"), workspace: first });
    await home.finish("1.2", { "src/a.txt": "theirs\n" });
    const { kind } = await home.act(home.activities.integrateFeature, {
      feature: home.ref("1.1"),
      commit: made.commit,
      at: AT,
      ...(made.bundle === undefined ? {} : { bundle: made.bundle }),
    });
    expect(kind).toBe("conflict");
    const again = await prepare("1.1");
    const text = await readFile(join(placeOf(again).tree, "src/a.txt"), "utf8");
    expect(text).toContain("mine");
    expect(text).toContain("theirs");
  });

  it("goes on with the files of a checkpoint that another host handed over, and says what is lost", async () => {
    const { home, prepare, placeOf, deps } = await twoHosts();
    const mine = await home.prepare("1.1");
    await writeFiles(home.place(mine).tree, { "half.txt": "half" });
    const { deps: homeDeps, blobs } = home;
    const trees = createTrees({ ...homeDeps, blobFiles: deps.blobFiles });
    const tree = await trees.snapshot(home.missionId, home.place(mine).tree);
    const bundle = await trees.pack(home.missionId, tree, mine.baseCommit);
    const work = "1/1.1";
    const { baseCommit } = mine;
    const kept = {
      version: 1,
      agent: "builtin",
      work,
      step: 3,
      state: [],
      baseCommit,
      tree,
      bundle,
    };
    const checkpoint = await blobs.put(JSON.stringify(kept), "checkpoint.json");
    await home.finish("1.2", { "b.txt": "b" });

    const workspace = await prepare("1.1", { checkpoint, movedFrom: "host1" });
    expect(workspace).toMatchObject({ kept: true, baseCommit });
    expect(await readFile(join(placeOf(workspace).tree, "half.txt"), "utf8")).toBe("half");
    const events = await readFeatureEvents(deps.paths.features, home.missionId, "1.1");
    const note = events.find((event) => event.kind === "note");
    expect(note?.kind === "note" && note.text).toMatch(/host host1.*what came after that is lost/);
  });

  it("leaves nothing behind: events, journals and files that were handed over go home, once", async () => {
    const { home, prepare, placeOf, commit, away, atHome, deps } = await twoHosts();
    const workspace = await prepare("1.1");
    await writeFiles(placeOf(workspace).tree, { "made.txt": "x" });
    await writeFiles(placeOf(workspace).handover, { "scripts/deploy.sh": "echo\n" });
    const key = "1/1/1.1/1";
    const amount = { microUsd: 5, tokens: 5 };
    const journalOf = (journals: string) => journalPath(journals, home.missionId, key);
    const head = {
      state: "slice",
      key,
      amount,
      at: AT,
      featureId: "1.1",
      milestoneId: "1",
    } as const;
    await createJournal(journalOf(deps.paths.journals), head);
    await commit("1.1", workspace);

    const feature = home.ref("1.1");
    const leave = () => home.act(away.leaveHost, { feature, workspace });
    const { report } = await leave();
    if (report === undefined) throw new Error("no report");
    expect((await leave()).report).toEqual(report);
    expect(await readdir(deps.paths.workspaces)).toEqual([]);
    expect(await readdir(deps.paths.slots)).toEqual([]);
    const take = () => home.act(atHome.takeReport, { feature, report });
    expect(await take()).toEqual({ files: ["scripts/deploy.sh"] });
    await take();
    expect(existsSync(join(home.record.folder, "scripts/deploy.sh"))).toBe(true);
    expect(await readJournal(journalOf(home.paths.journals))).toEqual([head]);
    const events = await readFeatureEvents(home.paths.features, home.missionId, "1.1");
    expect(events.filter(({ kind }) => kind === "commit")).toHaveLength(1);
  });

  it("keeps what a later stay has made when an earlier one is ended late", async () => {
    const { home, prepare, placeOf, away } = await twoHosts();
    const workspace = await prepare("1.1");
    const later = await prepare("1.1");
    expect(await home.act(away.leaveHost, { feature: home.ref("1.1"), workspace })).toEqual({});
    expect(existsSync(placeOf(later).tree)).toBe(true);
  });
});

describe("what comes from another host", () => {
  it("writes no file outside of the mission folder, and no journal of others", async () => {
    const { home, atHome } = await twoHosts();
    const blob = await home.blobs.put("evil", "evil");
    const executable = false;
    const files = ["../../../evil", "scripts/../../evil", "/tmp/evil", "other/x"].map((to) => ({
      to,
      blob,
      executable,
    }));
    const journals = ["1/1/1.2/1", "1/1/1.1/../../x", "1/1/1.1/2"].map((key) => ({
      key,
      entries: [],
    }));
    const events = [{ kind: "note" }, null, "text"];
    const content = JSON.stringify({ version: 1, events, journals, files });
    const report = await home.blobs.put(content, "report.json");
    const feature = home.ref("1.1");
    expect(await home.act(atHome.takeReport, { feature, report })).toEqual({ files: [] });
    expect(await readdir(join(home.paths.journals, home.missionId))).toEqual(["1~1~1.1~2.jsonl"]);
    expect(existsSync(join(root, "evil"))).toBe(false);
    expect(await readFeatureEvents(home.paths.features, home.missionId, "1.1")).toEqual([]);
  });

  it("is refused when it is not the commit that was announced, on the mission's branch", async () => {
    const { home, deps } = await twoHosts();
    await home.finish("1.2", { "b.txt": "b" });
    const other = await makeUserRepository(root, "stranger");
    await userGit(other, "commit", "-q", "--amend", "--allow-empty", "-m", "Stranger");
    const bare = join(root, "stranger.git");
    await userGit(root, "clone", "-q", "--bare", other, bare);
    const strange = await userGit(other, "rev-parse", "HEAD");
    const { git } = home;
    const { bundle } = await exportBundle(git, deps.blobFiles, bare, strange);
    const onto = `refs/heads/mission/${home.missionId}`;
    const take = (commit: string) =>
      importBundle(git, deps.blobFiles, home.bare, { commit, bundle, onto });
    await expect(take(strange)).rejects.toThrow("it stands on another base");
    await expect(take("f".repeat(40))).rejects.toThrow("cannot be taken over");
    await expect(take("--upload-pack=x")).rejects.toThrow("it is no commit");
    await expect(git(home.bare, ["cat-file", "-e", strange])).rejects.toThrow();
    expect((await readdir(home.bare)).filter((name) => name.endsWith(".incoming"))).toEqual([]);
  });

  it("is refused when the bundle in the store is damaged", async () => {
    const { home, deps, prepare, placeOf, commit } = await twoHosts();
    const workspace = await prepare("1.1");
    await writeFiles(placeOf(workspace).tree, { "made.txt": "x" });
    const made = await commit("1.1", workspace);
    if (made.bundle === undefined) throw new Error("no bundle");
    const { sha256 } = made.bundle;
    const file = join(home.paths.blobs, sha256.slice(0, 2), sha256);
    const { size } = await stat(file);
    await writeFile(file, Buffer.alloc(size));
    const take = importBundle(home.git, deps.blobFiles, home.bare, {
      commit: made.commit,
      bundle: made.bundle,
    });
    await expect(take).rejects.toThrow("damaged");
  });
});

describe("a host without the store", () => {
  it("lets others try, and says what to set", async () => {
    const { home, deps, order } = await twoHosts();
    const blobs = { ...deps.blobs, get: () => Promise.reject(new Error("ENOENT")) };
    const { prepareWorkspace } = createWorkspaceActivities({ ...deps, blobs });
    await expect(home.act(prepareWorkspace, order("1.1"))).rejects.toThrow("MISSIONS_STORE");
  });
});
