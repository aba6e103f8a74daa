import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { nextRung, type RecoveryFacts, type TriedRung } from "../../domain/recovery-ladder.js";
import { RUNGS, SAFETY_STOPS, type SafetyStop } from "../../domain/recovery.js";
import { recoveryLine } from "../../domain/recovery-words.js";

const nothing: RecoveryFacts = {
  missionId: "m-20260101-abcdef",
  featureId: "1.1",
  laterMs: 900_000,
  thinks: false,
  checks: 0,
  isPart: false,
  hasCompany: false,
  canMove: false,
  mayPass: false,
};
const everything: RecoveryFacts = {
  ...nothing,
  thinks: true,
  checks: 3,
  hasCompany: true,
  canMove: true,
  mayPass: true,
  verified: { passed: 2 },
};

const facts = fc.record({
  missionId: fc.constant(nothing.missionId),
  featureId: fc.constantFrom("1.1", "2.4-a"),
  laterMs: fc.nat(),
  thinks: fc.boolean(),
  checks: fc.nat(5),
  isPart: fc.boolean(),
  hasCompany: fc.boolean(),
  canMove: fc.boolean(),
  mayPass: fc.boolean(),
  verified: fc.option(fc.record({ passed: fc.nat(5) }), { nil: undefined }),
}) satisfies fc.Arbitrary<RecoveryFacts>;
const stop = fc.constantFrom(...SAFETY_STOPS);

/** Climbs until a person is asked. */
function climbAll(stops: Iterable<[SafetyStop, RecoveryFacts]>): TriedRung[] {
  const tried: TriedRung[] = [];
  for (const [each, given] of stops) {
    const { rung } = nextRung({ stop: each, tried, facts: given });
    tried.push({ stop: each, rung });
    if (rung === "blocked") break;
  }
  return tried;
}
const always = (each: SafetyStop, given: RecoveryFacts) =>
  climbAll(Array.from({ length: 20 }, (): [SafetyStop, RecoveryFacts] => [each, given])).map(
    ({ rung }) => rung,
  );

describe("the recovery ladder", () => {
  it("always ends with a person being asked, whatever stops a feature and whatever there is", () => {
    const stops = fc.array(fc.tuple(stop, facts), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(stops, (all) => {
        const tried = climbAll(all);
        expect(tried.at(-1)?.rung).toBe("blocked");
        expect(tried.length).toBeLessThanOrEqual(RUNGS.length);
      }),
    );
  });

  it("never takes a rung twice for the same stop", () => {
    const stops = fc.array(fc.tuple(stop, facts), { maxLength: 20 });
    fc.assert(
      fc.property(stops, (all) => {
        const taken = climbAll(all).map(({ stop: each, rung }) => `${each} ${rung}`);
        expect(new Set(taken).size).toBe(taken.length);
      }),
    );
  });

  it("knows no rung that gives the objective up", () => {
    const words = fc.property(stop, facts, (each, given) => {
      const { rung, next, notAgain } = nextRung({ stop: each, tried: [], facts: given });
      expect(RUNGS).toContain(rung);
      expect(["done", "dropped", "skipped"]).not.toContain(rung);
      expect(next).not.toBe("");
      expect(notAgain).not.toBe("");
    });
    fc.assert(words);
  });

  it("tries each rung that can help, in its order", () => {
    expect(always("resources", everything)).toEqual([...RUNGS]);
    expect(always("checks", everything)).toEqual(["narrow", "split", "reuse", "blocked"]);
    expect(always("integration", everything)).toEqual(["serialise", "narrow", "split", "blocked"]);
    expect(always("agent", everything)).toEqual(["narrow", "move", "later", "blocked"]);
    expect(always("host", everything)).toEqual(["move", "later", "blocked"]);
    expect(always("outside", everything)).toEqual(["later", "blocked"]);
  });

  it("asks at once where nothing that it could do would be different", () => {
    for (const each of SAFETY_STOPS) expect(always(each, nothing)).toEqual(["blocked"]);
  });

  it("splits no part again, and nothing that has one check", () => {
    expect(always("checks", { ...everything, isPart: true })).not.toContain("split");
    expect(always("checks", { ...everything, checks: 1 })).not.toContain("split");
  });

  it("names the condition under which a blocked feature goes on, with the command", () => {
    const { next } = nextRung({ stop: "outside", tried: [], facts: nothing });
    expect(next).toBe(
      "it goes on when the one that was asked answers again: then npx missions retry m-20260101-abcdef 1.1",
    );
  });

  it("says all four parts of a step in one line", () => {
    const climb = nextRung({ stop: "resources", tried: [], facts: everything });
    const why = "Command 1 of 1 was ended: more than 64 MB of memory";
    expect(recoveryLine({ featureId: "1.1", stop: "resources", why, ...climb })).toBe(
      "Feature 1.1 was stopped (resources): Command 1 of 1 was ended: more than 64 MB of memory. " +
        "Not again: what passed the sandbox's limit is not run again as it was. " +
        "Next (narrow): it goes on from its checkpoint with the smallest step toward its first failing check.",
    );
  });
});
