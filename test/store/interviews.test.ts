import { mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { EXIT } from "../../domain/problem.js";
import {
  dropInterview,
  listInterviews,
  readInterview,
  writeInterview,
} from "../../store/interviews.js";
import { anInterview, answered, someFacts } from "../domain/interview/an-interview.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "interviews-"));
});
afterEach(() => rm(folder, { recursive: true }));

const interview = answered(anInterview({ facts: someFacts }), { deadline: "in 3 days" });
const { id } = interview;

describe("the file of an interview", () => {
  it("gives back what was written, for its owner only", async () => {
    await writeInterview(folder, interview);
    expect(await readInterview(folder, id)).toEqual(interview);
    const { mode } = await stat(join(folder, `${id}.json`));
    expect(mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual([`${id}.json`]);
  });

  it("is not there before it is written and after it is dropped", async () => {
    expect(await readInterview(folder, id)).toBeUndefined();
    await writeInterview(folder, interview);
    expect(await dropInterview(folder, id)).toBe(true);
    expect(await dropInterview(folder, id)).toBe(false);
    expect(await listInterviews(join(folder, "none"))).toEqual([]);
  });

  it("that is damaged says so in one sentence with the way out, and stays", async () => {
    for (const text of [
      "",
      "{",
      "[]",
      '{"version":2}',
      JSON.stringify({ ...interview, answers: [] }),
    ]) {
      await writeFile(join(folder, `${id}.json`), text);
      await expect(readInterview(folder, id)).rejects.toMatchObject({
        name: "Problem",
        exitCode: EXIT.environment,
        message: expect.stringMatching(/^The interview \S+ cannot be read \(.*\)\.$/),
        remedy: expect.stringContaining(`npx missions interview drop ${id}`),
      });
    }
    expect(await listInterviews(folder)).toEqual([id]);
  });

  it("of another interview is not taken for this one", async () => {
    await writeFile(join(folder, "m-20261125-zzz999.json"), JSON.stringify(interview));
    await expect(readInterview(folder, "m-20261125-zzz999")).rejects.toMatchObject({
      message: expect.stringContaining(`it is of ${id}`),
    });
  });

  it("is never looked for outside of the folder", async () => {
    await expect(readInterview(folder, "../../etc/passwd")).rejects.toMatchObject({
      exitCode: EXIT.badInput,
    });
  });

  it("is listed before those touched earlier, and nothing else is", async () => {
    const other = { ...interview, id: "m-20261125-aaa111" };
    await writeInterview(folder, interview);
    await writeInterview(folder, other);
    await writeFile(join(folder, "notes.json"), "{}");
    await writeFile(join(folder, `${id}.draft.yaml`), "");
    await utimes(join(folder, `${other.id}.json`), 1, 1);
    expect(await listInterviews(folder)).toEqual([id, other.id]);
  });
});
