import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  adjustCaps,
  ask,
  assertInvariant,
  closeMilestone,
  grantNext,
  isStalled,
  openLedger,
  reservedTotal,
  settle,
  withdraw,
  type Ledger,
} from "../../domain/ledger.js";
import type { Amount } from "../../domain/mission.js";

const usd = (microUsd: number, tokens = 0): Amount => ({ microUsd, tokens });
const request = (key: string, estimate: Amount, order = 1) => ({
  key,
  order,
  estimate,
  replyTo: "m",
});
const cost = (key: string, spent: Amount) => ({ key, spent, sleeps: [] });

const amounts = fc.record({ microUsd: fc.nat(60), tokens: fc.nat(60) });
const keys = fc
  .tuple(
    fc.integer({ min: 1, max: 2 }),
    fc.constantFrom("1.1", "1.2", "constructor"),
    fc.integer({ min: 1, max: 4 }),
  )
  .map(([milestone, feature, n]) => `1/${milestone}/${feature}/${n}`);
const anyKeys = fc.oneof({ weight: 20, arbitrary: keys }, { weight: 1, arbitrary: fc.string() });
const steps = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("ask" as const),
      requests: fc.array(
        fc.record({ key: anyKeys, order: fc.nat(9), estimate: amounts, replyTo: fc.constant("m") }),
        { maxLength: 4 },
      ),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("grant" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("settle-held" as const),
      which: fc.nat(),
      share: fc.nat(120),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("settle-any" as const), key: anyKeys, spent: amounts }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("withdraw" as const), keys: fc.array(anyKeys) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("adjust" as const),
      caps: fc.record({ microUsd: fc.nat(300), tokens: fc.nat(300) }, { requiredKeys: [] }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("close" as const),
      milestone: fc.constantFrom("1", "2"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("carry" as const) }) },
);
type Step = typeof steps extends fc.Arbitrary<infer S> ? S : never;

/** Plays steps on a ledger beside the plainest possible book: a map of what each key cost. */
function play(caps: Amount, story: Step[]) {
  let ledger = openLedger(caps);
  const book = new Map<string, Amount>();
  const closed = new Set<string>();
  const isKey = (key: string) => /^\d+\/[\w.-]+\/[\w.-]+\/[1-9]\d*$/.test(key);
  const pay = (key: string, spent: Amount) => {
    const held = Object.hasOwn(ledger.reserved, key);
    const late = !held && closed.has(key.split("/")[1] ?? "");
    const isNew = isKey(key) && !book.has(key) && !late;
    const before = ledger.reserved[key] ?? usd(0);
    const reply = settle(ledger, cost(key, spent));
    expect(reply.known).toBe(held);
    expect(reply.overrun).toEqual(
      isNew
        ? usd(
            Math.max(0, spent.microUsd - before.microUsd),
            Math.max(0, spent.tokens - before.tokens),
          )
        : usd(0),
    );
    if (isNew) book.set(key, spent);
  };
  for (const step of story) {
    switch (step.do) {
      case "ask":
        ask(ledger, step.requests);
        break;
      case "grant":
        checkGrants(ledger);
        break;
      case "settle-held": {
        const held = Object.keys(ledger.reserved);
        const key = held[step.which % held.length];
        if (key === undefined) break;
        const { microUsd, tokens } = ledger.reserved[key] ?? usd(0);
        pay(
          key,
          usd(Math.floor((microUsd * step.share) / 100), Math.floor((tokens * step.share) / 100)),
        );
        break;
      }
      case "settle-any":
        pay(step.key, step.spent);
        break;
      case "withdraw":
        withdraw(ledger, step.keys);
        break;
      case "adjust":
        adjustCaps(ledger, step.caps);
        break;
      case "close":
        closeMilestone(ledger, 1, step.milestone);
        closed.add(step.milestone);
        break;
      case "carry":
        ledger = JSON.parse(JSON.stringify(ledger)) as Ledger;
    }
    expect(assertInvariant(ledger)).toBeUndefined();
    expect(ledger.spent).toEqual(sum([...book.values()]));
    expect(reservedTotal(ledger)).toEqual(sum(Object.values(ledger.reserved)));
    expect(ledger.queue).toEqual([...ledger.queue].sort((a, b) => a.order - b.order));
    const queued = ledger.queue.map(({ key }) => key);
    expect(new Set(queued).size).toBe(queued.length);
    expect(queued.some((key) => book.has(key) || Object.hasOwn(ledger.reserved, key))).toBe(false);
  }
  return { ledger, pay };
}

const sum = (list: Amount[]) =>
  list.reduce((a, b) => usd(a.microUsd + b.microUsd, a.tokens + b.tokens), usd(0));
const left = ({ caps, spent, reservedSum }: Ledger) =>
  usd(
    caps.microUsd - spent.microUsd - reservedSum.microUsd,
    caps.tokens - spent.tokens - reservedSum.tokens,
  );

function checkGrants(ledger: Ledger) {
  const order = new Map(ledger.queue.map(({ key }, index) => [key, index]));
  const grants = grantNext(ledger);
  const granted = sum(grants.map(({ amount }) => amount));
  if (granted.microUsd > 0) expect(left(ledger).microUsd).toBeGreaterThanOrEqual(0);
  if (granted.tokens > 0) expect(left(ledger).tokens).toBeGreaterThanOrEqual(0);
  const places = grants.map(({ key }) => order.get(key) ?? -1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  for (const { estimate } of ledger.queue) {
    const rest = left(ledger);
    const fits = estimate.microUsd <= rest.microUsd && estimate.tokens <= rest.tokens;
    expect(fits).toBe(false);
  }
  expect(grantNext(ledger)).toEqual([]);
}

describe("the ledger under any order of messages", () => {
  it("never breaks its invariant and books each settlement once, whatever arrives in whatever order", () => {
    fc.assert(
      fc.property(
        amounts.map(({ microUsd, tokens }) => usd(microUsd * 5, tokens * 5)),
        fc.array(steps, { maxLength: 60 }),
        (caps, story) => {
          const { ledger, pay } = play(caps, story);
          for (const key of Object.keys(ledger.reserved)) pay(key, usd(0));
          expect(reservedTotal(ledger)).toEqual(usd(0));
          expect(ledger.reservedCount).toBe(0);
          expect(assertInvariant(ledger)).toBeUndefined();
        },
      ),
      { numRuns: 500 },
    );
  });

  it("never spends above the caps while bills keep to their slices and caps do not fall", () => {
    fc.assert(
      fc.property(
        fc.array(amounts, { minLength: 1, maxLength: 30 }),
        fc.infiniteStream(fc.nat(100)),
        (estimates, shares) => {
          const ledger = openLedger(usd(200, 200));
          ask(
            ledger,
            estimates.map((estimate, i) => request(`1/1/f${i}/1`, estimate, i)),
          );
          for (;;) {
            grantNext(ledger);
            const [key] = Object.keys(ledger.reserved);
            const slice = key === undefined ? undefined : ledger.reserved[key];
            if (key === undefined || slice === undefined) break;
            const share = (shares.next().value as number | undefined) ?? 0;
            settle(
              ledger,
              cost(
                key,
                usd(
                  Math.floor((slice.microUsd * share) / 100),
                  Math.floor((slice.tokens * share) / 100),
                ),
              ),
            );
            expect(left(ledger).microUsd).toBeGreaterThanOrEqual(0);
            expect(left(ledger).tokens).toBeGreaterThanOrEqual(0);
          }
          expect(isStalled(ledger)).toBe(ledger.queue.length > 0);
          adjustCaps(ledger, usd(1e9, 1e9));
          grantNext(ledger);
          expect(ledger.queue).toEqual([]);
        },
      ),
    );
  });
});
