/** The host's wall clock, and its record of sleeps: a tick that comes much too late means that the machine or we stood still. */
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Interval } from "../../domain/mission.js";
import { unite } from "../../domain/intervals.js";
import type { HostClock } from "../ports.js";

const TICK_MS = 5_000;
const LATE_MS = 30_000;
/** Older sleeps matter to no attempt. */
const KEPT = 500;

export interface TickingClock extends HostClock {
  /** Looks for a gap since the last look; called by the timer, and by tests. */
  tick(): void;
  stop(): void;
}

/** @param sleepsPath file that sleeps are appended to, one JSON object a line. */
export function createHostClock(options: {
  sleepsPath: string;
  now?: () => number;
  /** False in tests, which tick by hand. */
  timer?: boolean;
}): TickingClock {
  const now = options.now ?? Date.now;
  const sleeps = readSleeps(options.sleepsPath);
  let lastTick = now();

  const tick = () => {
    const at = now();
    if (at - lastTick > TICK_MS + LATE_MS) {
      const sleep = { fromMs: lastTick, toMs: at };
      sleeps.push(sleep);
      if (sleeps.length > KEPT) sleeps.shift();
      append(options.sleepsPath, sleep);
    }
    lastTick = at;
  };
  const timer = options.timer === false ? undefined : setInterval(tick, TICK_MS).unref();
  return {
    now,
    tick,
    stop: () => {
      clearInterval(timer);
    },
    sleepsSince: (fromMs) => {
      tick();
      // Two workers of one host note the same sleep, each by its own ticks.
      return unite(sleeps, [])
        .filter((sleep) => sleep.toMs > fromMs)
        .map((sleep) => ({ fromMs: Math.max(sleep.fromMs, fromMs), toMs: sleep.toMs }));
    },
  };
}

function readSleeps(path: string): Interval[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  return text
    .split("\n")
    .flatMap((line) => {
      try {
        const sleep = JSON.parse(line) as Interval;
        return Number.isFinite(sleep.fromMs) && Number.isFinite(sleep.toMs) ? [sleep] : [];
      } catch {
        return []; // a line torn by a crash
      }
    })
    .slice(-KEPT);
}

function append(path: string, sleep: Interval): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, `${JSON.stringify(sleep)}\n`);
  } catch {
    // A full disk must not stop the clock; the sleep is still known in memory.
  }
}
