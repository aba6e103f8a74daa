import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { SIZES } from "../../../domain/mission.js";
import { planViolations } from "../../../domain/plan-rules.js";
import { draftViolations } from "../../../domain/planning/draft-rules.js";
import { planFromDraft } from "../../../domain/planning/plan-from-draft.js";
import { FIRST_MILESTONE_SHARE, SIZE_WEIGHTS } from "../../../domain/planning/planner-limits.js";
import { readDraft } from "../../../domain/planning/read-draft.js";
import { readPlan } from "../../../domain/read-plan.js";
import {
  aScope,
  reply,
  saidCheck,
  saidFeature,
  type Said,
  type SaidFeature,
  type SaidMilestone,
} from "../../helpers/drafts.js";

function draftOf(change: (draft: Said) => void = () => undefined) {
  const read = readDraft(reply(change));
  if (!("draft" in read)) throw new Error(JSON.stringify(read.violations));
  return read.draft;
}
const milestoneOf = (draft: Said, index: number): SaidMilestone => {
  const milestone = draft.milestones[index];
  if (milestone === undefined) throw new Error(`no milestone ${index}`);
  return milestone;
};
const featureOf = (draft: Said, m: number, f: number): SaidFeature => {
  const feature = milestoneOf(draft, m).features[f];
  if (feature === undefined) throw new Error(`no feature ${f}`);
  return feature;
};
const faults = (change: (draft: Said) => void, scope = aScope()) =>
  draftViolations(draftOf(change), scope).map(({ sentence }) => sentence);

describe("the rules of drafts", () => {
  it("take a plan that keeps them, which then is a plan that may run", () => {
    expect(faults(() => undefined)).toEqual([]);
    const plan = planFromDraft(draftOf(), aScope());
    expect(planViolations(plan)).toEqual([]);
    expect(readPlan(plan)).toEqual(plan);
  });

  it("want a small first milestone", () => {
    const found = faults((draft) => {
      featureOf(draft, 0, 0)["size"] = "huge";
    });
    expect(found).toEqual(["The first milestone has 80 % of the work by size; 60 % is the most."]);
  });

  it("hold the first milestone to its share whatever the sizes", () => {
    const size = fc.constantFrom(...SIZES);
    fc.assert(
      fc.property(fc.array(size, { minLength: 6, maxLength: 6 }), (sizes) => {
        let at = 0;
        const found = faults((draft) => {
          for (const { features } of draft.milestones)
            for (const feature of features) feature["size"] = sizes[at++];
        });
        const weights = sizes.map((each) => SIZE_WEIGHTS[each]);
        const sum = (list: number[]) => list.reduce((total, weight) => total + weight, 0);
        const share = sum(weights.slice(0, 2)) / sum(weights);
        expect(found.some((sentence) => sentence.includes("first milestone"))).toBe(
          share > FIRST_MILESTONE_SHARE.ofMore,
        );
      }),
    );
  });

  it("want polish, docs and deploy in the last milestone, and name what is missing", () => {
    const found = faults((draft) => {
      featureOf(draft, 2, 0)["finish"] = ["polish"];
    });
    expect(found).toEqual(["The last milestone has no feature for docs."]);
  });

  it("take a single milestone for a small goal only", () => {
    const alone = (count: number) => (draft: Said) => {
      draft.milestones = [
        {
          title: "All",
          checks: [saidCheck("M1-a", ["H1"])],
          features: Array.from({ length: count }, (_, i) => saidFeature(`1.${i + 1}`, ["M1-a"])),
        },
      ];
    };
    expect(faults(alone(10))).toEqual([]);
    expect(faults(alone(11))).toEqual([
      "The only milestone has 11 features; a plan of one milestone takes 10.",
    ]);
  });

  it("want checks in every milestone, each served, and features that serve one", () => {
    const found = faults((draft) => {
      milestoneOf(draft, 1).checks = [];
      featureOf(draft, 1, 0).serves = [];
      featureOf(draft, 0, 1).serves = ["M1-a"];
    });
    expect(found).toEqual([
      'Milestone "1" ("Contacts can be kept"): no feature serves check "M1-b".',
      'Milestone "2" ("Deals can be followed") has no checks.',
      'Feature "2.1" serves no check.',
    ]);
  });

  it("want every sentence that must hold covered, by ids that there are", () => {
    const scope = aScope({ mustHold: ["No contact is lost", "Roll back within a minute"] });
    const found = faults((draft) => {
      milestoneOf(draft, 1).checks[0] = saidCheck("M2-a", ["H9"]);
    }, scope);
    expect(found).toEqual([
      'Check "M2-a" covers "H9", which is unknown.',
      'No check covers H2: "Roll back within a minute".',
    ]);
  });

  it("want to know what code touches, and of payments and mails who, what for and how much", () => {
    const found = faults((draft) => {
      featureOf(draft, 0, 0).touches = [];
      Object.assign(featureOf(draft, 1, 0), { kind: "payment", vendor: "Hetzner" });
      Object.assign(featureOf(draft, 1, 1), {
        kind: "email",
        vendor: "A lawyer",
        purpose: "Ask",
        capUsd: 500,
      });
    });
    expect(found).toEqual([
      'Feature "1.1" is code and touches nothing.',
      'Feature "2.1" is a payment without purpose, capUsd.',
      'Feature "2.2" may lead to 500 USD, more than the mission has.',
    ]);
  });

  it("hold payments to the budget together as well", () => {
    const paid = { kind: "payment", vendor: "Hetzner", purpose: "A server", capUsd: 150 };
    const found = faults((draft) => {
      Object.assign(featureOf(draft, 1, 0), paid);
      Object.assign(featureOf(draft, 1, 1), paid);
    });
    expect(found).toEqual([
      "Payments and mails may lead to 300 USD together; the mission has 200.",
    ]);
  });

  it("refuse secrets by name, scripts, and ids of checks that are used twice", () => {
    const found = faults((draft) => {
      featureOf(draft, 0, 0)["brief"] = "Log in with secret:GITHUB_TOKEN.";
      featureOf(draft, 0, 1)["agent"] = "script";
      milestoneOf(draft, 1).checks[0] = saidCheck("M1-a");
      for (const feature of milestoneOf(draft, 1).features) feature.serves = ["M1-a"];
    });
    expect(found).toEqual([
      'The check id "M1-a" is used twice.',
      'Feature "1.2" is a script, which only a person may plan.',
      'The plan names "secret:GITHUB_TOKEN.".',
    ]);
  });

  it("leave cycles, dependencies that point forward and unusable ids to the rules of plans", () => {
    const found = (change: (draft: Said) => void) =>
      planViolations(planFromDraft(draftOf(change), aScope())).map(({ sentence }) => sentence);
    expect(
      found((draft) => {
        featureOf(draft, 0, 0).dependsOn = ["1.2"];
      }),
    ).toEqual(["Features need each other in a circle: 1.1 -> 1.2 -> 1.1."]);
    expect(
      found((draft) => {
        featureOf(draft, 0, 0).dependsOn = ["2.1"];
      })[0],
    ).toContain("of the later milestone 2");
    expect(
      found((draft) => {
        featureOf(draft, 2, 1).id = "../../etc";
      })[0],
    ).toContain("cannot name a branch and a file");
  });
});

describe("a change of a plan", () => {
  const before = planFromDraft(draftOf(), aScope());
  const changed = (change: (draft: Said) => void, fixed = ["1.1"]) =>
    draftViolations(draftOf(change), aScope(), { plan: before, fixed }).map(
      ({ sentence }) => sentence,
    );

  it("may do without our stages, because a person asked for it", () => {
    expect(
      changed((draft) => {
        draft.milestones = draft.milestones.slice(0, 2);
      }),
    ).toEqual([]);
  });

  it.each<[string, (draft: Said) => void, string]>([
    [
      "changed",
      (draft) => (featureOf(draft, 0, 0)["brief"] = "Something else"),
      "Feature 1.1 has begun and was changed.",
    ],
    [
      "gone",
      (draft) => {
        featureOf(draft, 0, 0).id = "1.9";
        featureOf(draft, 0, 1).dependsOn = ["1.9"];
        featureOf(draft, 1, 0).dependsOn = ["1.9"];
      },
      "Feature 1.1 has begun and is gone.",
    ],
    [
      "moved",
      (draft) => {
        const [moved] = milestoneOf(draft, 0).features.splice(0, 1);
        if (moved !== undefined) milestoneOf(draft, 1).features.push(moved);
      },
      "Feature 1.1 has begun and was moved.",
    ],
  ])("refuses that what has begun is %s", (_, change, sentence) => {
    expect(changed(change)).toContain(sentence);
  });

  it("keeps to the letter what the draft left alone, also what a draft cannot say", () => {
    const own = structuredClone(before);
    const feature = own.milestones[0]?.features[0];
    const check = own.milestones[0]?.checks[0];
    if (feature === undefined || check?.verify.method !== "bash") throw new Error("no feature");
    feature.model = "openai/gpt-5.5";
    feature.estimate = { usd: 7, hours: 7, tokens: 7 };
    check.verify.timeoutSeconds = 5;
    check.alreadyTrue = true;
    const after = planFromDraft(
      draftOf((draft) => {
        featureOf(draft, 0, 1)["title"] = "Another title";
      }),
      aScope(),
      own,
    );
    expect(after.milestones[0]?.features[0]).toEqual(feature);
    expect(after.milestones[0]?.checks[0]).toEqual(check);
    expect(after.milestones[0]?.features[1]?.title).toBe("Another title");
    expect(after.budget).toEqual(own.budget);
  });
});
