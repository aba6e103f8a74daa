/** The shape of an interview's file: it may lie for weeks, and a person may have opened it. */
import { z } from "zod";
import { MISSION_ID } from "../ids.js";
import type { Interview } from "../interview/interview.js";
import { GOAL_TYPES } from "../mission.js";

const texts = z.record(z.string(), z.string());

const facts = z.object({
  languages: z.array(z.object({ name: z.string(), files: z.number() })),
  packageManager: z.string().optional(),
  testCommand: z.string().optional(),
  buildCommand: z.string().optional(),
  lintCommand: z.string().optional(),
  ci: z.array(z.string()),
  instructions: z.array(z.string()),
  codeowners: z.boolean(),
  files: z.number(),
  top: z.array(z.string()),
});

const routing = z.object({
  orchestrator: z.string().optional(),
  workers: z.string().optional(),
  research: z.string().optional(),
  validation: z.string().optional(),
  tiers: z
    .object({
      simple: z.string().optional(),
      standard: z.string().optional(),
      thinking: z.string().optional(),
    })
    .optional(),
});

const interview = z.object({
  version: z.literal(1),
  id: z.string().regex(MISSION_ID),
  goal: z.string().min(1),
  createdAt: z.iso.datetime(),
  zone: z.string(),
  place: z.object({
    repository: z.string().optional(),
    proposed: z.string(),
    home: z.string(),
  }),
  facts: facts.optional(),
  preferences: texts,
  routing: routing.optional(),
  answers: texts,
  reopened: z.array(z.string()),
  deadline: z.object({ at: z.iso.datetime(), zone: z.string(), relative: z.boolean() }).optional(),
  opinion: z.object({ type: z.enum(GOAL_TYPES), why: z.string() }).optional(),
});

/** @returns the interview, or in one phrase what is wrong. Never throws. */
export function parseInterview(value: unknown): Interview | { wrong: string } {
  const read = interview.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  return { wrong: `${place}${issue?.message ?? "wrong shape"}` };
}
