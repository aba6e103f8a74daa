import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { toCsv } from "../../../client/account/csv.js";
import { groupCalls, totalOf } from "../../../client/account/groups.js";
import { readPaidCalls } from "../../../client/account/paid-calls.js";
import { appendJournal, createJournal, journalPath } from "../../../store/journal.js";

const mission = "m-20260102-abc123";
let journals: string;
beforeEach(async () => {
  journals = await mkdtemp(join(tmpdir(), "journals-"));
});
afterEach(async () => {
  await rm(journals, { recursive: true });
});

/** One closed call of $0.10 and, on a second slice, one that was never closed at a worst case of $0.50. */
async function writeJournals() {
  const at = "2026-01-02T10:00:00.000Z";
  const amount = { microUsd: 1_000_000, tokens: 10_000 };
  const slice = async (key: string, featureId: string) => {
    const path = journalPath(journals, mission, key);
    await createJournal(path, { state: "slice", key, amount, at, featureId, milestoneId: "1" });
    return path;
  };
  const first = await slice("1/1/1.1/1", "1.1");
  const open = { state: "open", at, attempt: 1, role: "worker", model: "acme/large" } as const;
  await appendJournal(first, { ...open, call: "a", worst: { microUsd: 900_000, tokens: 9_000 } });
  await appendJournal(first, {
    state: "closed",
    call: "a",
    at: "2026-01-02T10:00:05.000Z",
    cost: { microUsd: 100_000, tokens: 1_500 },
    requestId: '=HYPERLINK("x")',
    tokens: { input: 1_000, cacheRead: 400, cacheWrite: 0, output: 500, reasoning: 100 },
    priceSource: "2025-12-01",
  });
  const second = await slice("1/1/1.10/1", "1.10");
  await appendJournal(second, {
    ...open,
    call: "b",
    attempt: 2,
    at: "2026-01-03T10:00:00.000Z",
    worst: { microUsd: 500_000, tokens: 5_000 },
  });
}

describe("budget show", () => {
  it("lists every paid call in order, an open one at its worst case", async () => {
    await writeJournals();
    const calls = await readPaidCalls(journals, mission);
    expect(
      calls.map(({ featureId, costMicroUsd, booked }) => [featureId, costMicroUsd, booked]),
    ).toEqual([
      ["1.1", 100_000, "by usage"],
      ["1.10", 500_000, "open"],
    ]);
    expect(totalOf(calls)).toMatchObject({ calls: 2, costMicroUsd: 600_000, atWorstCase: 1 });
  });

  it("sums up by day, model, role, feature and retry, always to the same total", async () => {
    await writeJournals();
    const calls = await readPaidCalls(journals, mission);
    const groups = (by: Parameters<typeof groupCalls>[1]) =>
      groupCalls(calls, by).map(({ group, costMicroUsd }) => [group, costMicroUsd]);
    expect(groups("day")).toEqual([
      ["2026-01-02", 100_000],
      ["2026-01-03", 500_000],
    ]);
    expect(groups("model")).toEqual([["acme/large", 600_000]]);
    expect(groups("role")).toEqual([["worker", 600_000]]);
    expect(groups("feature")).toEqual([
      ["1.1", 100_000],
      ["1.10", 500_000],
    ]);
    expect(groups("retry")).toEqual([
      ["first attempt", 100_000],
      ["retry 1", 500_000],
    ]);
  });

  it("prints values with commas, quotes and line ends as one cell, and no formula", async () => {
    await writeJournals();
    const calls = await readPaidCalls(journals, mission);
    expect(toCsv(calls.slice(0, 1), ["featureId", "requestId", "costMicroUsd"])).toBe(
      'featureId,requestId,costMicroUsd\r\n1.1,"\'=HYPERLINK(""x"")",100000\r\n',
    );
    expect(toCsv([{ a: "1,2\n3", b: -4 }], ["a", "b"])).toBe('a,b\r\n"1,2\n3",-4\r\n');
  });

  it("has nothing to say about a mission without calls", async () => {
    expect(await readPaidCalls(journals, "m-20260101-000000")).toEqual([]);
  });
});
