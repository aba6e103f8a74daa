import { describe, expect, it } from "@jest/globals";
import { MockActivityEnvironment } from "@temporalio/testing";
import { createPollerActivities } from "../../activities/pollers.js";
import { byServerClock } from "../../activities/server-clock.js";

const MINUTE = 60_000;
const HERE = Date.now();

/** An activity that the server hands out when its own clock shows so much more than this host's. */
const onHost = <T>(aheadMs: number, run: () => Promise<T>): Promise<T> =>
  new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: HERE + aheadMs }).run<
    [],
    T,
    () => Promise<T>
  >(run);

describe.each([0, 10 * MINUTE, -10 * MINUTE])("a server whose clock is %d ms ahead", (aheadMs) => {
  const seen = (agoMs: number) => Promise.resolve(HERE + aheadMs - agoMs);
  const { hostAlive, liveHosts } = createPollerActivities({
    pollers: {
      lastPolls: async (queue) => [await seen(queue === "live" ? 30_000 : 5 * MINUTE)],
      lastSeen: async () => [
        { hostId: "live", at: await seen(30_000) },
        { hostId: "gone", at: await seen(5 * MINUTE) },
      ],
    },
  });

  it("has the same hosts living as any other", async () => {
    expect(await onHost(aheadMs, () => hostAlive({ queue: "live" }))).toBe(true);
    expect(await onHost(aheadMs, () => hostAlive({ queue: "gone" }))).toBe(false);
    expect(await onHost(aheadMs, () => liveHosts({ queue: "any" }))).toEqual({ hosts: ["live"] });
  });

  it("ends a provider's wait as far from now as the provider said", async () => {
    const outcome = { kind: "wait-until", at: new Date(HERE + 60 * MINUTE).toISOString() };
    const told = await onHost(aheadMs, () => Promise.resolve(byServerClock(outcome, HERE)));
    expect(Date.parse(told.at) - (HERE + aheadMs)).toBe(60 * MINUTE);
    const done = { kind: "done", at: "never" };
    expect(await onHost(aheadMs, () => Promise.resolve(byServerClock(done, HERE)))).toBe(done);
  });
});
