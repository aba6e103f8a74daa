import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { MockActivityEnvironment } from "@temporalio/testing";
import { createBriefs } from "../../activities/briefs.js";
import { createMissionFileActivities } from "../../activities/mission-file.js";
import { FAILURE } from "../../domain/failures.js";
import type { MissionFileInput, MissionFileOutcome } from "../../domain/work.js";
import { getBlob, putBlob } from "../../store/blobs.js";
import { enginePaths, type EnginePaths } from "../../store/engine-paths.js";
import { readStory } from "../../store/mission-story.js";
import { createMissionFolder } from "../../store/mission-folder.js";
import {
  type MissionRecord,
  readMissionRecord,
  writeMissionRecord,
} from "../../store/mission-record.js";
import { createGit } from "../../store/git.js";
import { readPlanVersions } from "../../store/plan-history.js";
import { canonicalPlanJson, planToYaml } from "../../store/plan-yaml.js";
import {
  aBusyInput,
  aFeature,
  aLine,
  anInput,
  aPlan,
  aPlanFeature,
  aRecord,
  briefTemplate,
  cellsOf,
  missionId,
  someTotals,
  template,
} from "../store/mission-builders.js";

type Activity = (input: MissionFileInput) => Promise<MissionFileOutcome>;

let root: string;
let paths: EnginePaths;
let planHash: string;
let file: string;
let commits: [string, string][];
let onCommit: (record: MissionRecord, subject: string) => Promise<string | undefined>;

const activities = () =>
  createMissionFileActivities({
    paths,
    blobs: {
      put: (content, name) => putBlob(paths.blobs, content, name),
      get: (sha256) => getBlob(paths.blobs, sha256),
    },
    clock: { now: () => Date.parse("2026-08-02T00:00:00Z"), sleepsSince: () => [] },
    folderCommit: { commitFolder: (record, subject) => onCommit(record, subject) },
    missionTemplate: template,
    briefs: createBriefs({
      git: createGit({ path: process.env["PATH"] ?? "", home: join(root, "no-home") }),
      paths,
      template: briefTemplate,
      home: join(root, "home"),
      others: join(root, "others"),
    }),
  });
const write = (input: Partial<MissionFileInput>) =>
  new MockActivityEnvironment().run<[MissionFileInput], MissionFileOutcome, Activity>(
    activities().writeMissionFile,
    { ...anInput(), planHash, ...input },
  );
const text = () => readFile(file, "utf8");
const record = async () => {
  const found = await readMissionRecord(paths.state, missionId);
  if (found === undefined) throw new Error("no record");
  return found;
};

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mission-file-"));
  paths = enginePaths(join(root, "engine"));
  const plan = aPlan();
  planHash = (await putBlob(paths.blobs, canonicalPlanJson(plan), "plan.json")).sha256;
  const made = await createMissionFolder({
    state: paths.state,
    record: aRecord({ folder: join(root, "home", missionId), planHash }),
    plan,
    template,
    planYaml: planToYaml(plan),
    origin: { at: "2026-08-01T10:00:00.000Z", answers: [] },
  });
  file = made.missionFile;
  commits = [];
  onCommit = async ({ status }, subject) => {
    commits.push([status, subject]);
    return undefined;
  };
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe("the briefs of a Full-mode mission", () => {
  const brief = (id: string) =>
    readFile(join(root, "home", missionId, "briefs", `${id}.md`), "utf8");
  const full = { mode: "full" as const };

  it("are written when their features have begun, and named in their rows", async () => {
    const features = [aFeature("1.1"), aFeature("1.2", { status: "queued" })];
    await write({ ...full, features });
    expect(await brief("1.1")).toMatch(/^# Feature 1\.1: Feature 1\.1\n/);
    await expect(brief("1.2")).rejects.toThrow("ENOENT");
    expect(cellsOf(await text(), "1.1").at(-2)).toBe("briefs/1.1.md");
    await write({
      ...full,
      features: [aFeature("1.1", { status: "done", files: ["scripts/a.sh"] })],
    });
    expect(cellsOf(await text(), "1.1").at(-2)).toBe("briefs/1.1.md, scripts/a.sh");
    expect(await text()).not.toContain("[briefs/1.1.md]");
  });

  it("stay as a person has edited them", async () => {
    await write({ ...full, features: [aFeature("1.1")] });
    const path = join(root, "home", missionId, "briefs", "1.1.md");
    await writeFile(path, "mine\n");
    await write({ ...full, features: [aFeature("1.1", { status: "blocked" })] });
    expect(await brief("1.1")).toBe("mine\n");
  });

  it("are not written in a POC mission", async () => {
    await write({ mode: "poc", features: [aFeature("1.1")] });
    await expect(brief("1.1")).rejects.toThrow("ENOENT");
  });
});

describe("writing mission.md", () => {
  it("projects the values, and keeps status, totals and caps in the record", async () => {
    const input = { ...aBusyInput(), planHash };
    expect(await write(input)).toEqual({ handEdits: [] });
    expect(cellsOf(await text(), "1.1")[3]).toBe("done");
    expect(await record()).toMatchObject({
      status: "active",
      totals: input.budget,
      caps: input.budget?.caps,
      projected: { status: "active" },
      handEdits: [],
    });
    const before = await text();
    await write(input);
    expect(await text()).toBe(before);
  });

  it("writes side by side what arrives side by side", async () => {
    const seqs = Array.from({ length: 12 }, (_, i) => String(i));
    await Promise.all(seqs.map((seq) => write({ story: [aLine(seq)] })));
    const story = readStory(await text());
    expect(story.map(({ seq }) => Number(seq)).sort((a, b) => a - b)).toEqual(seqs.map(Number));
  });

  it("answers hand edits with commands in under 2 kB and lists them in the record", async () => {
    const long = "x".repeat(500);
    const edited = (await text())
      .replace("money_usd: 20", "money_usd: 50")
      .replaceAll("| pending |", `| ${long} |`)
      .replaceAll("— pending", `— ${long}`)
      .replaceAll("$0.00", long);
    await writeFile(file, edited);
    const outcome = await write({});
    expect(outcome.handEdits).toContainEqual({
      field: "budget.money_usd",
      found: "50",
      command: `npx missions adjust-budget ${missionId} --usd 50`,
    });
    expect(outcome.handEdits.length).toBeLessThanOrEqual(10);
    expect(Buffer.byteLength(JSON.stringify(outcome))).toBeLessThan(2_000);
    expect((await record()).handEdits?.length).toBeGreaterThanOrEqual(outcome.handEdits.length);
    expect(await text()).toContain("money_usd: 50");
  });

  it("makes a deleted file and folder again, with all values known, and says so", async () => {
    await write({ ...aBusyInput(), planHash });
    await rm(join(root, "home"), { recursive: true });
    await write({ features: [aFeature("1.2")], story: [aLine("next")] });
    const again = await text();
    expect(cellsOf(again, "1.1").slice(3, 7)).toEqual([
      "done",
      "script",
      "$0.42, 12.3k tokens",
      "0123456789",
    ]);
    expect(cellsOf(again, "1.2")[3]).toBe("running");
    expect(cellsOf(again, "Money")[2]).toBe("$1.25");
    expect(again).toContain("— validating");
    expect(readStory(again).map(({ kind, text: said }) => [kind, said.slice(0, 22)])).toEqual([
      ["progress", "Line next"],
      ["recovery", "mission.md was gone an"],
    ]);
    expect(await write({})).toEqual({ handEdits: [] });
    expect(await text()).toBe(again);
  });

  it("brings in a new plan by its hash", async () => {
    const plan = aPlan();
    plan.milestones[1]?.features.push(aPlanFeature("2.2"));
    const blob = await putBlob(paths.blobs, canonicalPlanJson(plan), "plan.json");
    await write({ planHash: blob.sha256, features: [aFeature("2.2")] });
    expect(cellsOf(await text(), "2.2")[3]).toBe("running");
    expect((await record()).planHash).toBe(blob.sha256);
  });

  it("notes a new plan once among its versions, by whom the story says that it was sent", async () => {
    const plan = aPlan({ title: "Build two" });
    const { sha256 } = await putBlob(paths.blobs, canonicalPlanJson(plan), "plan.json");
    const before = await record();
    const by = { who: "bob", from: "web-ui" };
    const said = `replan: The plan becomes ${sha256.slice(0, 12)} when it has been read.`;
    const input = {
      planHash: sha256,
      story: [aLine("1/1"), aLine("1/2", { kind: "decision", by, text: said })],
    };
    await write(input);
    await writeMissionRecord(paths.state, before); // as if it had been killed before the record
    await write(input);
    expect(await readPlanVersions(paths.plans, await record())).toEqual([
      { n: 1, planHash, at: before.createdAt, why: "as the mission began" },
      { n: 2, planHash: sha256, at: aLine("1/2").at, by },
    ]);
  });

  it("leaves a file alone that is not UTF-8, and says so", async () => {
    const bytes = Buffer.concat([Buffer.from(await text()), Buffer.from([0xff, 0xfe, 0x0a])]);
    await writeFile(file, bytes);
    const { handEdits } = await write({ status: "paused" });
    expect(handEdits.map(({ field }) => field)).toEqual(["mission.md"]);
    expect((await readFile(file)).equals(bytes)).toBe(true);
    expect((await record()).status).toBe("paused");
  });

  it("ignores what an earlier generation still wants to write", async () => {
    const before = await text();
    await writeMissionRecord(paths.state, { ...(await record()), generation: 2 });
    await write({ generation: 1, status: "failed" });
    expect(await text()).toBe(before);
    expect((await record()).status).toBe("planning");
  });

  it("adopts the values of the file where the record of them is lost", async () => {
    await write({ ...aBusyInput(), planHash });
    const { projected, ...bare } = await record();
    expect(projected).toBeDefined();
    await writeMissionRecord(paths.state, bare);
    expect(await write({ status: "paused", budget: someTotals() })).toEqual({ handEdits: [] });
    expect(await text()).toContain("status: paused");
  });
});

describe("committing the folder", () => {
  it("is done after all is written, only where asked", async () => {
    await write({});
    await write({ status: "completed", commit: "Mission completed" });
    expect(commits).toEqual([["completed", "Mission completed"]]);
  });

  it("fails without retries but with everything written when git fails", async () => {
    onCommit = async () => Promise.reject(new Error("no git here"));
    await expect(write({ status: "paused", commit: "x" })).rejects.toMatchObject({
      type: FAILURE.repositoryUnusable,
      nonRetryable: true,
    });
    expect(await text()).toContain("status: paused");
  });

  it("is retried when the disk is full", async () => {
    onCommit = async () => Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" }));
    await expect(write({ commit: "x" })).rejects.toMatchObject({
      type: FAILURE.storeFull,
      nonRetryable: false,
    });
  });
});

it("fails without retries where there is no record", async () => {
  await expect(write({ missionId: "m-20260801-zzzzzz" })).rejects.toMatchObject({
    type: FAILURE.missingRecord,
    nonRetryable: true,
  });
});
