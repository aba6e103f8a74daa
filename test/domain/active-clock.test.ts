import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  countSleep,
  openClock,
  readActiveMs,
  startActive,
  stopActive,
  type ActiveClock,
} from "../../domain/active-clock.js";

const HORIZON = 200;
const moments = fc.nat(HORIZON);
const steps = fc.oneof(
  fc.record({
    do: fc.constantFrom("start" as const, "stop" as const, "read" as const),
    at: moments,
  }),
  fc.record({ do: fc.constant("sleep" as const), at: moments, toMs: moments }),
  fc.record({ do: fc.constant("carry" as const), at: moments }),
);
type Step = typeof steps extends fc.Arbitrary<infer S> ? S : never;

/** Counts ms by ms what the clock counts by spans. */
function play(story: Step[]) {
  let clock = openClock();
  const active = new Set<number>();
  const asleep = new Set<number>();
  let since: number | undefined;
  const mark = (set: Set<number>, fromMs: number, toMs: number) => {
    for (let ms = fromMs; ms < toMs; ms++) set.add(ms);
  };
  for (const step of story) {
    switch (step.do) {
      case "start":
        startActive(clock, step.at);
        since ??= step.at;
        break;
      case "stop":
        stopActive(clock, step.at);
        if (since !== undefined) mark(active, since, step.at);
        since = undefined;
        break;
      case "sleep":
        countSleep(clock, { fromMs: step.at, toMs: step.toMs });
        mark(asleep, step.at, step.toMs);
        break;
      case "carry":
        clock = JSON.parse(JSON.stringify(clock)) as ActiveClock;
        break;
      case "read":
    }
    const now = new Set(active);
    if (since !== undefined) mark(now, since, step.at);
    const expected = [...now].filter((ms) => !asleep.has(ms)).length;
    expect(readActiveMs(clock, step.at)).toBe(expected);
  }
}

describe("the clock of active time", () => {
  it("counts the union of active spans minus the union of sleeps while time goes on", () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 40 }), (story) => {
        play([...story].sort((a, b) => a.at - b.at));
      }),
      { numRuns: 1_000 },
    );
  });

  it("counts the same when reports are late, repeated, or the clock is set back", () => {
    fc.assert(fc.property(fc.array(steps, { maxLength: 40 }), play), { numRuns: 1_000 });
  });

  it("subtracts a sleep once that several features report, also while it runs", () => {
    const clock = openClock();
    startActive(clock, 1_000);
    countSleep(clock, { fromMs: 2_000, toMs: 5_000 });
    countSleep(clock, { fromMs: 2_500, toMs: 6_000 });
    countSleep(clock, { fromMs: 2_000, toMs: 5_000 });
    expect(readActiveMs(clock, 10_000)).toBe(5_000);
    stopActive(clock, 10_000);
    countSleep(clock, { fromMs: 2_500, toMs: 6_000 });
    expect(readActiveMs(clock, 99_000)).toBe(5_000);
  });

  it("keeps spans that touch as one", () => {
    const clock = openClock();
    for (let at = 0; at < 50; at += 10) {
      startActive(clock, at);
      stopActive(clock, at + 10);
    }
    expect(clock.spans).toEqual([{ fromMs: 0, toMs: 50 }]);
  });

  it("ignores reports that are no span of time", () => {
    const clock = openClock();
    startActive(clock, 0);
    countSleep(clock, { fromMs: 9, toMs: 3 });
    countSleep(clock, { fromMs: Number.NaN, toMs: 3 });
    countSleep(clock, { fromMs: 1, toMs: Infinity });
    expect(readActiveMs(clock, 10)).toBe(10);
  });

  it("keeps its memory bounded and stays exact over a run with many sleeps", () => {
    const clock = openClock();
    startActive(clock, 0);
    for (let i = 0; i < 500; i++) countSleep(clock, { fromMs: i * 10, toMs: i * 10 + 4 });
    expect(readActiveMs(clock, 5_000)).toBe(3_000);
    stopActive(clock, 5_000);
    for (let i = 500; i < 1_000; i++) {
      startActive(clock, i * 10);
      stopActive(clock, i * 10 + 6);
    }
    expect(readActiveMs(clock, 10_000)).toBe(6_000);
    expect(clock.spans.length).toBeLessThanOrEqual(100);
    expect(clock.sleeps.length).toBeLessThanOrEqual(100);
    expect(JSON.stringify(clock).length).toBeLessThan(20_000);
  });
});
