/** Scopes and drafts for tests: small ones to vary, as a model would write them. */
import type { Scope } from "../../domain/scope.js";

export const aScope = (fields: Partial<Scope> = {}): Scope => ({
  goal: "Build a CRM",
  type: "greenfield",
  mode: "full",
  level: "mvp",
  budget: {
    money_usd: 200,
    time_hours: 200,
    token_limit: 200_000_000,
    alert_threshold_pct: 80,
    on_alert: "ask",
  },
  infrastructure: "local",
  dependencies: "none",
  nonGoals: ["No mobile app"],
  constraints: ["Data stays in the EU"],
  mustHold: ["No contact is ever lost"],
  preferences: { stack: "TypeScript" },
  routing: { workers: "demo/canned" },
  answers: [{ question: "Who uses it?", answer: "Three people in sales" }],
  ...fields,
});

/* What a model writes: plain JSON, changed freely by tests that write it wrongly. */
export interface SaidFeature {
  id: string;
  dependsOn: string[];
  serves: string[];
  touches: string[];
  [key: string]: unknown;
}
export interface SaidMilestone {
  title: string;
  checks: { id: string; covers?: string[] | null; [key: string]: unknown }[];
  features: SaidFeature[];
  [key: string]: unknown;
}
export interface Said {
  title: string;
  milestones: SaidMilestone[];
  [key: string]: unknown;
}

export const saidFeature = (
  id: string,
  serves: string[],
  fields: Record<string, unknown> = {},
): SaidFeature => ({
  id,
  title: `Part ${id}`,
  brief: `Build part ${id} with tests.`,
  kind: "code",
  agent: null,
  size: "small",
  tier: null,
  dependsOn: [],
  touches: [`src/${id}`],
  serves,
  checks: null,
  reads: null,
  rewrites: null,
  finish: null,
  vendor: null,
  purpose: null,
  capUsd: null,
  ...fields,
});

export const saidCheck = (id: string, covers: string[] | null = null) => ({
  id,
  sentence: `${id} holds`,
  verify: { method: "bash", run: `npm test -- ${id}`, pattern: null, path: null, flow: null },
  covers,
});

/** Keeps every rule for `aScope()`: a thin first milestone, a middle one, and one that finishes. */
export const said = (title = "A CRM"): Said => ({
  title,
  milestones: [
    {
      id: null,
      title: "Contacts can be kept",
      checks: [saidCheck("M1-a", ["H1"]), saidCheck("M1-b")],
      features: [
        saidFeature("1.1", ["M1-a"]),
        saidFeature("1.2", ["M1-b"], { dependsOn: ["1.1"] }),
      ],
      ui: null,
    },
    {
      id: null,
      title: "Deals can be followed",
      checks: [saidCheck("M2-a")],
      features: [
        saidFeature("2.1", ["M2-a"], { dependsOn: ["1.1"] }),
        saidFeature("2.2", ["M2-a"], { kind: "research", agent: "manual", touches: [] }),
      ],
      ui: null,
    },
    {
      id: null,
      title: "It is in use",
      checks: [saidCheck("M3-a"), saidCheck("M3-b")],
      features: [
        saidFeature("3.1", ["M3-a"], { finish: ["polish", "docs"] }),
        saidFeature("3.2", ["M3-b"], { finish: ["deploy"], dependsOn: ["3.1"] }),
      ],
      ui: null,
    },
  ],
  nonGoals: ["No telephony"],
  notes: ["A person does the research in 2.2."],
  app: null,
  flows: null,
});

/** The same with pages, as a model would look at them. */
export function saidWithPages(): Said {
  const draft = said();
  const last = draft.milestones.at(-1);
  if (last !== undefined) last["ui"] = ["contacts"];
  return {
    ...draft,
    app: { run: "npm start", prepare: ["npm ci"], ready: null },
    flows: [
      {
        name: "contacts",
        url: "/contacts",
        steps: [
          { do: "fill", on: "Name", text: "Ada" },
          { do: "click", on: "Add", text: null },
          { do: "see", on: null, text: "Ada" },
        ],
      },
    ],
  };
}

/** The draft changed in place by `change`, as the text of a reply. */
export function reply(change: (draft: Said) => void = () => undefined, title?: string): string {
  const draft = said(title);
  change(draft);
  return JSON.stringify(draft);
}
