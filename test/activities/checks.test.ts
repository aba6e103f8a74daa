import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, readlink, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MockActivityEnvironment } from "@temporalio/testing";
import { searchCodebase } from "../../activities/codebase-search.js";
import type { Check } from "../../domain/plan.js";
import {
  makeFolder,
  makeMission,
  makeUserRepository,
  removeAll,
  writeFiles,
} from "./mission-fixture.js";

let root: string;
let repo: string;
beforeEach(async () => {
  root = await makeFolder();
  repo = await makeUserRepository(root);
});
afterEach(() => removeAll(root));

const bash = (id: string, run: string, more: Partial<Check> = {}): Check => ({
  id,
  sentence: `${run} works`,
  verify: { method: "bash", run },
  ...more,
});
/** Processes at work in a folder. */
async function pidsIn(folder: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(
    pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => "")),
  );
  return pids.filter((_, n) => folders[n] === folder);
}

const withChecks = (checks: Check[], more = {}) =>
  makeMission(root, repo, { features: [{ id: "1.1", checks }], ...more });

describe("a feature's checks", () => {
  it("pass at once when there are none", async () => {
    const mission = await withChecks([]);
    const workspace = await mission.prepare("1.1");
    expect(await mission.check("1.1", workspace)).toEqual({
      passed: true,
      ran: 0,
      failed: [],
      unseen: [],
      summary: "no checks",
    });
  });

  it("run in the workspace; people's are listed, never counted; evidence says what happened", async () => {
    const mission = await withChecks([
      bash("c1", "cat b.txt"),
      bash("c2", "echo broken >&2; exit 3"),
      { id: "c3", sentence: "b is there", verify: { method: "codebase", pattern: "needle" } },
      { id: "c4", sentence: "It is pretty", verify: { method: "person" } },
    ]);
    const workspace = await mission.prepare("1.1");
    await writeFiles(mission.place(workspace).tree, { "b.txt": "a needle\n" });
    const outcome = await mission.check("1.1", workspace);
    expect(outcome).toMatchObject({ passed: false, ran: 3, failed: ["c2"], unseen: ["c4"] });
    expect(outcome.summary).toContain("2 of 3 checks pass");
    const evidence = String(await mission.blobs.get(outcome.evidence?.sha256 ?? ""));
    expect(evidence).toContain("PASS c1");
    expect(evidence).toContain("a needle");
    expect(evidence).toMatch(/FAIL c2[^]*exit 3[^]*broken/);
    expect(JSON.stringify(outcome).length).toBeLessThan(2_000);
  });

  it("prove nothing when they pass on the base commit too, unless they are declared already true", async () => {
    const mission = await withChecks([
      bash("c1", "test -f README.md"),
      bash("c2", "test -f README.md", { alreadyTrue: true }),
      bash("c3", "test -f b.txt"),
    ]);
    const workspace = await mission.prepare("1.1");
    const { tree } = mission.place(workspace);
    await writeFiles(tree, { "b.txt": "b" });
    const outcome = await mission.check("1.1", workspace);
    expect(outcome).toMatchObject({ passed: false, failed: ["c1"] });
    expect(outcome.summary).toContain("also passes on the base commit: it proves nothing");
    expect(existsSync(join(tree, "../control"))).toBe(false);
  });

  it("of a later part of a split are held against the base of the part before, which may have done more", async () => {
    const checks = [bash("c1", "test -f b.txt"), bash("c2", "test -f README.md")];
    const features = [{ id: "1.9-a" }, { id: "1.9-b", dependsOn: ["1.9-a"], checks }];
    const mission = await makeMission(root, repo, { features });
    await mission.finish("1.9-a", { "a.txt": "a", "b.txt": "b" });
    const workspace = await mission.prepare("1.9-b");
    expect(await mission.check("1.9-b", workspace)).toMatchObject({ ran: 2, failed: ["c2"] });
  });

  it("of a later part of a split are held against nothing where the part before was skipped", async () => {
    const checks = [bash("c1", "test -f README.md")];
    const features = [{ id: "1.9-a" }, { id: "1.9-b", dependsOn: ["1.9-a"], checks }];
    const mission = await makeMission(root, repo, { features });
    await mission.finish("1.2", { "c.txt": "c" });
    const workspace = await mission.prepare("1.9-b");
    expect(await mission.check("1.9-b", workspace)).toMatchObject({ passed: true });
  });

  it("are tried on the base commit once", async () => {
    const mission = await withChecks([bash("c1", "echo run >> ~/trace; test -f b.txt")]);
    const workspace = await mission.prepare("1.1");
    const trace = join(mission.place(workspace).home, "trace");
    await writeFiles(mission.place(workspace).tree, { "b.txt": "b" });
    for (let n = 0; n < 2; n += 1)
      expect((await mission.check("1.1", workspace)).passed).toBe(true);
    expect(await readFile(trace, "utf8")).toBe("run\n".repeat(3));
  });

  it("end at their time limit as failed", async () => {
    const verify = { method: "bash" as const, run: "sleep 600", timeoutSeconds: 0.2 };
    const mission = await withChecks([{ id: "c1", sentence: "It ends", verify }]);
    const outcome = await mission.check("1.1", await mission.prepare("1.1"));
    expect(outcome).toMatchObject({ passed: false, failed: ["c1"] });
    expect(outcome.summary).toContain("stopped after 200 ms");
  });

  it("see no key and no home of the user, and leave nothing of their tools in the workspace", async () => {
    process.env["MISSIONS_TEST_SECRET_KEY"] = "sk-test-1234567890";
    const mission = await withChecks([bash("c1", 'env; echo x > "$HOME/cache"; false')]);
    const workspace = await mission.prepare("1.1");
    const { evidence } = await mission.check("1.1", workspace);
    delete process.env["MISSIONS_TEST_SECRET_KEY"];
    const text = String(await mission.blobs.get(evidence?.sha256 ?? ""));
    expect(text).toContain("PATH=");
    expect(text).not.toContain("sk-test-1234567890");
    expect(text).not.toContain("GIT_");
    expect((await mission.commit("1.1", workspace)).commit).toBe("");
  });

  it("stay small in the outcome and scrubbed, however much they say", async () => {
    const checks = Array.from({ length: 60 }, (_, n) =>
      bash(`check-${n}`, `yes hunter2hunter2 | head -c 200000; exit 1 # ${"long ".repeat(100)}`),
    );
    const mission = await withChecks(checks, { secret: "hunter2hunter2" });
    const outcome = await mission.check("1.1", await mission.prepare("1.1"));
    expect(JSON.stringify(outcome).length).toBeLessThan(2_000);
    expect(outcome.passed).toBe(false);
    const text = String(await mission.blobs.get(outcome.evidence?.sha256 ?? ""));
    expect(text).not.toContain("hunter2hunter2");
  });

  it("are ended with all they started when the activity is cancelled", async () => {
    const mission = await withChecks([bash("c1", "touch ~/started; sleep 600")]);
    const workspace = await mission.prepare("1.1");
    const started = join(mission.place(workspace).home, "started");
    const environment = new MockActivityEnvironment({
      heartbeatTimeoutMs: 3_000,
      currentAttemptScheduledTimestampMs: Date.now(),
    });
    const begun = new Promise<void>((resolve) => {
      environment.on("heartbeat", () => {
        if (existsSync(started)) resolve();
      });
    });
    const running = environment.run(mission.activities.runChecks, {
      feature: mission.ref("1.1"),
      workspace,
      commandMs: 600_000,
    });
    await begun;
    environment.cancel();
    await expect(running).rejects.toMatchObject({ name: "CancelledFailure" });
    expect(await pidsIn(mission.place(workspace).tree)).toEqual([]);
  });
});

describe("a milestone's validation", () => {
  it("checks what was integrated on a checkout that is gone afterwards", async () => {
    const milestoneChecks = [
      bash("m1", "test -f b.txt && test ! -e stray.txt && touch made"),
      bash("m2", "test -f nothing"),
    ];
    const mission = await makeMission(root, repo, { milestoneChecks });
    const { workspace } = await mission.finish("1.1", { "b.txt": "b" });
    await writeFiles(mission.place(workspace).tree, { "stray.txt": "s" });
    const input = {
      missionId: mission.missionId,
      generation: 1,
      milestoneId: "1",
      planHash: mission.planHash,
      commandMs: 60_000,
    };
    const outcome = await mission.act(mission.activities.validateMilestone, input);
    expect(outcome).toMatchObject({ passed: false, ran: 2, failed: ["m2"] });
    const name = `${mission.missionId}-validate-1`;
    expect(existsSync(join(mission.paths.workspaces, name))).toBe(false);
  });

  it("makes no checkout without checks, and needs no repository for a plain folder", async () => {
    const input = { generation: 1, milestoneId: "1", commandMs: 60_000 };
    const bare = await makeMission(root, repo);
    const { missionId, planHash } = bare;
    expect(
      await bare.act(bare.activities.validateMilestone, { ...input, missionId, planHash }),
    ).toMatchObject({ passed: true, ran: 0 });
    expect(existsSync(bare.paths.repositories)).toBe(false);
    const plain = await makeMission(root, undefined, {
      missionId: "m-20260304-zzz999",
      milestoneChecks: [bash("m1", "pwd")],
    });
    expect(
      await plain.act(plain.activities.validateMilestone, {
        ...input,
        missionId: plain.missionId,
        planHash: plain.planHash,
      }),
    ).toMatchObject({ passed: true, ran: 1 });
  });
});

describe("searching the codebase", () => {
  beforeEach(() => writeFiles(root, { "src/a.ts": "const a = (1);\n", "b/.git/x": "const" }));

  it("takes a pattern word for word unless it stands between slashes", async () => {
    expect(await searchCodebase(root, "(1)")).toEqual({ kind: "found", file: "src/a.ts" });
    expect(await searchCodebase(root, "a.=")).toMatchObject({ kind: "not-found" });
    expect(await searchCodebase(root, "/A\\s=/i", "src")).toMatchObject({ kind: "found" });
    expect(await searchCodebase(root, "/(/")).toMatchObject({
      reason: expect.stringContaining("not valid"),
    });
  });

  it("stays inside the workspace and follows no link out of it", async () => {
    const inside = join(root, "inside");
    await mkdir(inside);
    await writeFile(join(root, "secret.txt"), "outer");
    await symlink(join(root, "secret.txt"), join(inside, "link"));
    for (const path of ["..", "../secret.txt", join(root, "secret.txt"), "link", "missing", "."])
      expect(await searchCodebase(inside, "outer", path)).toMatchObject({ kind: "not-found" });
  });

  it("stops an expression that would take for ever", async () => {
    await writeFile(join(root, "bad.txt"), `${"a".repeat(60)}!`);
    expect(await searchCodebase(root, "/^(a+)+$/", "bad.txt")).toMatchObject({
      reason: expect.stringContaining("longer than"),
    });
  });
});
