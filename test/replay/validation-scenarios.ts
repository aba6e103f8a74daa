/** Validations that fail, are judged, mended and asked about. */
import type { MilestoneOutline } from "../../domain/mission.js";
import type { ValidationOutcome } from "../../domain/validation-work.js";
import { aFeature, aMilestone } from "../helpers/fake-activities.js";
import { decide, fails, passes, whenAsked } from "../helpers/validated-world.js";
import type { Scenario } from "./scenario.js";

const costs = { spent: { microUsd: 5, tokens: 1 }, calls: 1, sleeps: [] };
const thinking = (id: string) =>
  aFeature(id, { agent: "builtin", estimate: { microUsd: 100, tokens: 10 } });
const FIRST = [aMilestone("1", [thinking("1.1")], { checks: 1 })];

/** Plans by hash, as `extendPlan` makes them. */
function extending(says: ValidationOutcome[]): NonNullable<Scenario["activities"]> {
  const plans = new Map<string, MilestoneOutline>();
  let validations = 0;
  return {
    readOutline: async ({ planHash }) =>
      plans.get(planHash) ?? aMilestone("1", [thinking("1.1")], { checks: 1 }),
    validateMilestone: async () => {
      validations += 1;
      return says[validations - 1] ?? passes(validations);
    },
    extendPlan: async ({ planHash, change }) => {
      if (change.kind !== "fix") throw new Error("only fixes here");
      const before = plans.get(planHash) ?? aMilestone("1", [thinking("1.1")], { checks: 1 });
      const id = `1.fix-${change.round}`;
      const next = `${change.round}f`.padEnd(64, "0");
      plans.set(next, { ...before, features: [...before.features, thinking(id)] });
      return { kind: "extended", planHash: next, added: [id], removed: [] };
    },
  };
}

let judged = 0;

/** Fails, is mended, and passes when its judge has had more money and waited for a limit. */
export const MENDED: Scenario = {
  name: "validated-judged-and-mended",
  milestones: FIRST,
  activities: {
    ...extending([fails(1), passes(2, { judgeAsk: { microUsd: 50, tokens: 5 } })]),
    judgeMilestone: async () => {
      judged += 1;
      if (judged === 1) return { kind: "needs-more", ask: { microUsd: 60, tokens: 6 }, ...costs };
      if (judged > 2) return { kind: "judged", outcome: passes(2), ...costs };
      return { kind: "wait-until", at: new Date().toISOString(), why: "rate limit", ...costs };
    },
  },
};

/** Three failed rounds; a person has it mended once more and then accepts what is left. */
export const ASKED: Scenario = {
  name: "validation-asked-and-accepted",
  milestones: FIRST,
  activities: extending([1, 2, 3, 4, 5, 6].map((round) => fails(round))),
  steps: async (handle) => {
    const { gate } = await whenAsked(handle);
    await decide(handle, gate.id, "fix", "look at the port");
    const { gate: next } = await whenAsked(handle);
    await decide(handle, next.id, "accept");
  },
};
