import { mkdir, mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it } from "@jest/globals";
import { EXIT, Problem } from "../../domain/problem.js";
import { createMissionFolder } from "../../store/mission-folder.js";
import { readMissionRecord } from "../../store/mission-record.js";
import { aMissionFile, aPlan, aRecord, missionId, template } from "./mission-builders.js";

let root: string;
const make = (folder = join(root, "repo", "todo", "missions", missionId)) =>
  createMissionFolder({
    state: join(root, "state"),
    record: aRecord({ folder }),
    plan: aPlan(),
    template,
    planYaml: "title: x\n",
    origin: { at: "2026-08-01T10:00:00.000Z", answers: [] },
  });

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "folder-"));
  await mkdir(join(root, "repo"));
});

it("makes mission.md and the record, and no empty folder", async () => {
  const made = await make();
  expect(await readFile(made.missionFile, "utf8")).toContain("status: planning");
  expect(await readdir(made.record.folder)).toEqual(["mission.md"]);
  expect(await readMissionRecord(join(root, "state"), missionId)).toEqual(made.record);
  expect(made.record.projected).toMatchObject(
    Object.fromEntries(
      Object.entries(aMissionFile().projected).filter(([field]) => field !== "plan"),
    ),
  );
});

it("takes everything back, with the parents that it made", async () => {
  const made = await make();
  await made.undo();
  await made.undo();
  expect(await readdir(join(root, "repo"))).toEqual([]);
  expect(await readdir(join(root, "state"))).toEqual([]);
});

it("takes back only what it made", async () => {
  const made = await make();
  await writeFile(join(root, "repo", "todo", "mine.md"), "x");
  await made.undo();
  expect(await readdir(join(root, "repo", "todo"))).toEqual(["mine.md"]);
});

it("refuses a folder that exists and leaves it as it is", async () => {
  const folder = join(root, "repo", missionId);
  await mkdir(folder);
  await writeFile(join(folder, "mission.md"), "mine");
  await expect(make(folder)).rejects.toMatchObject({ exitCode: EXIT.notNow });
  expect(await readFile(join(folder, "mission.md"), "utf8")).toBe("mine");
  expect(await readMissionRecord(join(root, "state"), missionId)).toBeUndefined();
});

it("refuses a mission that has a record and keeps both", async () => {
  const made = await make();
  await expect(make(join(root, "repo", "other"))).rejects.toBeInstanceOf(Problem);
  expect(await readdir(join(root, "repo"))).toEqual(["todo"]);
  expect(await readMissionRecord(join(root, "state"), missionId)).toEqual(made.record);
});

it("leaves nothing half-made where the record cannot be written", async () => {
  await writeFile(join(root, "state"), "a file in the way");
  await expect(make()).rejects.toMatchObject({ exitCode: EXIT.environment });
  expect(await readdir(join(root, "repo"))).toEqual([]);
});

it("says what is in the way where the folder cannot be made", async () => {
  await writeFile(join(root, "repo", "todo"), "a file in the way");
  await expect(make()).rejects.toMatchObject({ exitCode: EXIT.environment });
});
