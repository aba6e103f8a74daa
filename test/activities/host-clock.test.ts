import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHostClock } from "../../activities/adapters/host-clock.js";
import { createHostActivities } from "../../activities/host.js";

let folder: string;
let nowMs: number;
const make = () =>
  createHostClock({ sleepsPath: join(folder, "sleeps.jsonl"), now: () => nowMs, timer: false });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "clock-"));
  nowMs = 1_000_000;
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the host's clock", () => {
  it("takes ticks that are a little late for no sleep", () => {
    const clock = make();
    for (const ms of [5_000, 20_000, 35_000]) {
      nowMs += ms;
      clock.tick();
    }
    expect(clock.sleepsSince(0)).toEqual([]);
  });

  it("records a tick more than 30 s late as sleep, also for workers that start later", () => {
    const clock = make();
    nowMs += 100_000;
    clock.tick();
    const sleep = { fromMs: 1_000_000, toMs: 1_100_000 };
    expect(clock.sleepsSince(0)).toEqual([sleep]);
    expect(readFileSync(join(folder, "sleeps.jsonl"), "utf8")).toBe(`${JSON.stringify(sleep)}\n`);
    expect(make().sleepsSince(0)).toEqual([sleep]);
  });

  it("looks for a gap before it answers, and cuts what lies before the question", async () => {
    const clock = make();
    nowMs += 100_000;
    const { readSleeps } = createHostActivities({ clock });
    expect(await readSleeps({ fromMs: 1_050_000 })).toEqual([
      { fromMs: 1_050_000, toMs: 1_100_000 },
    ]);
    expect(await readSleeps({ fromMs: 1_100_000 })).toEqual([]);
  });

  it("tells a sleep that two workers noted once", () => {
    const [one, other] = [make(), make()];
    nowMs += 100_000;
    one.tick();
    other.tick();
    expect(make().sleepsSince(0)).toEqual([{ fromMs: 1_000_000, toMs: 1_100_000 }]);
  });

  it("never throws: not for a torn file, not for one that cannot be written", () => {
    writeFileSync(join(folder, "sleeps.jsonl"), '{"fromMs":1,"toMs":2}\n{"from');
    expect(make().sleepsSince(0)).toEqual([{ fromMs: 1, toMs: 2 }]);
    const clock = createHostClock({
      sleepsPath: join(folder, "sleeps.jsonl", "x"),
      now: () => nowMs,
      timer: false,
    });
    nowMs += 100_000;
    expect(clock.sleepsSince(0)).toHaveLength(1);
  });
});
