/** Five goals, one of each sort, and what a scripted model answers to them; two of them wrongly at first. */
import type { GoalType } from "../../domain/mission.js";
import type { Scope } from "../../domain/scope.js";
import { aScope, said, saidCheck, saidFeature, type Said } from "../helpers/drafts.js";

export interface PlannedGoal {
  goal: string;
  type: GoalType;
  scope: Scope;
  /** What the model says, in turn; the last one keeps the rules. */
  replies: string[];
}

const titled = (
  title: string,
  stages: string[],
  change: (draft: Said) => void = () => undefined,
) => {
  const draft = said(title);
  draft.milestones.forEach((milestone, index) => {
    milestone.title = stages[index] ?? milestone.title;
  });
  change(draft);
  return JSON.stringify(draft);
};

const aGoal = (
  goal: string,
  type: GoalType,
  replies: string[],
  scope: Partial<Scope> = {},
): PlannedGoal => ({ goal, type, replies, scope: aScope({ goal, type, ...scope }) });

export const GOALS: PlannedGoal[] = [
  aGoal(
    "Build a CRM",
    "greenfield",
    [
      // Half of a plan first, as when a connection breaks; then one that goes in circles.
      titled("A CRM", ["Contacts", "Deals", "In use"]).slice(0, 900),
      titled("A CRM", ["Contacts", "Deals", "In use"], (draft) => {
        const feature = draft.milestones[0]?.features[0];
        if (feature !== undefined) feature.dependsOn = ["1.2"];
      }),
      titled("A CRM", ["Contacts", "Deals", "In use"]),
    ],
    { mustHold: ["No contact is ever lost"] },
  ),
  aGoal(
    "Migrate this codebase to TypeScript",
    "migration",
    [titled("To TypeScript", ["One module in TypeScript", "All modules", "Strict and released"])],
    {
      mustHold: ["The old build can be gone back to within a minute"],
      repository: {
        languages: [{ name: "JavaScript", files: 120 }],
        packageManager: "npm",
        testCommand: "npm test",
        ci: [".github/workflows/ci.yml"],
        instructions: ["AGENTS.md"],
        codeowners: false,
        files: 140,
        top: ["src", "test", "package.json"],
      },
    },
  ),
  aGoal(
    "Research and prototype a recommendation engine",
    "research",
    [
      titled("Recommendations", ["Criteria", "Prototype", "Report"], (draft) => {
        for (const feature of draft.milestones[0]?.features ?? []) feature["kind"] = "brainstorm";
      }),
      titled("Recommendations", ["Criteria", "Prototype", "Report"], (draft) => {
        const [criteria] = draft.milestones;
        if (criteria === undefined) return;
        criteria.features = [
          saidFeature("1.1", ["M1-a"], { kind: "research", agent: "manual", touches: [] }),
          saidFeature("1.2", ["M1-b"], { kind: "research", agent: "manual", touches: [] }),
        ];
      }),
    ],
    { mode: "poc", mustHold: ["The decision names its criteria"] },
  ),
  aGoal(
    "Add single sign-on to the admin pages",
    "enhancement",
    [titled("Single sign-on", ["One provider", "All pages", "Documented and released"])],
    { mustHold: ["Nobody is locked out"] },
  ),
  aGoal(
    "Move our deployment to a cluster of three machines",
    "infrastructure",
    [
      titled(
        "A cluster",
        ["One service on one machine", "Three machines", "In operation"],
        (draft) => {
          const machines = draft.milestones[1];
          if (machines === undefined) return;
          machines.checks.push(saidCheck("M2-b"));
          machines.features.push(
            saidFeature("2.3", ["M2-b"], {
              kind: "payment",
              touches: [],
              vendor: "A host of machines",
              purpose: "Three machines for a month",
              capUsd: 60,
            }),
          );
        },
      ),
    ],
    { mustHold: ["A machine may fail without anyone noticing"] },
  ),
];
