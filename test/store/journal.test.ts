import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendJournal, createJournal, journalSpent, readJournal } from "../../store/journal.js";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "journal-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const amount = { microUsd: 100, tokens: 10 };
const head = {
  state: "slice",
  key: "1/1/1.1/1",
  amount,
  at: "2026-01-01T00:00:00Z",
  featureId: "1.1",
  milestoneId: "1",
} as const;
const opened = (call: string) =>
  ({
    state: "open",
    call,
    at: head.at,
    attempt: 1,
    role: "worker",
    model: "m/x",
    worst: amount,
  }) as const;

describe("the journal of a slice", () => {
  it("is created once", async () => {
    const path = join(root, "a.jsonl");
    expect(await createJournal(path, head)).toBe(true);
    expect(await createJournal(path, head)).toBe(false);
  });

  it("counts an open call at its worst case, also when the line before it was torn", async () => {
    const path = join(root, "a.jsonl");
    await createJournal(path, head);
    await appendFile(path, '{"state":"open","call":"to');
    await appendJournal(path, opened("2"));
    expect(journalSpent((await readJournal(path)) ?? [])).toEqual({ spent: amount, calls: 1 });
  });

  it("is undefined where there is none", async () => {
    expect(await readJournal(join(root, "none.jsonl"))).toBeUndefined();
  });
});
