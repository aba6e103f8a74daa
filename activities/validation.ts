/** A milestone's validation: what the engine itself sees of it on a fresh checkout, as one report. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { withPlanTests } from "../domain/detection.js";
import { type Finding, worstFirst } from "../domain/findings.js";
import type { Plan, PlanMilestone } from "../domain/plan.js";
import { evidenceOf, findingsOf, noTests, type SeenRun } from "../domain/validation-findings.js";
import { blockingFindings, validationOutcome } from "../domain/validation-outcome.js";
import type { ValidationOutcome, ValidationReport } from "../domain/validation-work.js";
import type { ValidateInput } from "../domain/work.js";
import { browserGroupFile, workspacePaths } from "../store/workspace-paths.js";
import { checkOut } from "./adapters/checkout.js";
import { childConfinement } from "./child-confinement.js";
import { NOTHING_TO_RUN } from "./check-report.js";
import { type CheckDependencies, orCancelled } from "./checks.js";
import { whileHeartbeating } from "./heartbeat.js";
import { judgeOffer, type JudgeDependencies } from "./judge-question.js";
import { findLies } from "./lies.js";
import { requireRecord } from "./mission-place.js";
import type { BrowserPort } from "./ports.js";
import { readPlanMilestone, readStoredPlan } from "./plan.js";
import { removeFolder } from "./remove-folder.js";
import { detectIn } from "./repository-tests.js";
import { openMilestoneBase } from "./validation-base.js";
import { keepBaseline, keepReport, needsBrowser, seeInBrowser } from "./validation-browser.js";
import {
  apartFindings,
  hasRepository,
  layOut,
  readStands,
  type Stand,
} from "./validation-checkout.js";
import { seeChecks } from "./validation-checks.js";
import type { CommandPlace } from "./validation-command.js";
import { readReport } from "./validation-reports.js";
import { runSteps } from "./validation-steps.js";

export interface ValidationDependencies
  extends CheckDependencies, Partial<Pick<JudgeDependencies, "models" | "prices" | "prompts">> {
  hostId: string;
  /** Left out: pages are not looked at, and that is said. */
  browser?: BrowserPort;
}

export function createValidationActivities(deps: ValidationDependencies) {
  return {
    /** May be repeated, each time on a checkout of its own that is gone afterwards. */
    async validateMilestone(input: ValidateInput): Promise<ValidationOutcome> {
      const plan = await readStoredPlan(deps.blobs, input.planHash);
      const milestone = await readPlanMilestone(deps.blobs, input.planHash, input.milestoneId);
      if (
        milestone.checks.length === 0 &&
        !needsBrowser(milestone) &&
        !(await hasRepository(deps, input.missionId))
      )
        return NOTHING_TO_RUN;
      return whileHeartbeating((signal) =>
        orCancelled(signal, () => validate(deps, { input, plan, milestone, signal })),
      );
    },
  };
}

interface Order {
  input: ValidateInput;
  plan: Plan;
  milestone: PlanMilestone;
  signal: AbortSignal;
}

async function validate(deps: ValidationDependencies, order: Order): Promise<ValidationOutcome> {
  const { input, milestone } = order;
  const { missionId, milestoneId } = input;
  const beganMs = deps.clock.now();
  const stands = await readStands(deps, missionId, milestone);
  const { own } = stands;
  const isUntouched = own === undefined || own.base === undefined;
  if (milestone.checks.length === 0 && !needsBrowser(milestone) && isUntouched)
    return NOTHING_TO_RUN;
  const name = `${missionId}-validate-${milestoneId}`;
  const root = join(deps.paths.workspaces, name);
  const groupFile = join(root, "group.json");
  for (const file of [groupFile, browserGroupFile(groupFile)])
    await deps.commands.endRecordedGroup(file);
  try {
    const { dir, readable } = await layOut(deps, missionId, name, stands);
    const { home } = workspacePaths(deps.paths.workspaces, name);
    await mkdir(home, { recursive: true });
    const confine = childConfinement(deps.paths, missionId, order.plan);
    const place: CommandPlace = {
      ...{ commands: deps.commands, dir, home, groupFile },
      commandMs: input.commandMs,
      signal: order.signal,
      confine: { ...confine, readable: [...confine.readable, ...readable] },
      seesProcesses: (await deps.commands.sandbox()).works,
    };
    const seen = await look(deps, order, { root, place, stands });
    return await conclude(deps, order, { ...seen, beganMs, stands });
  } finally {
    await removeFolder(root);
  }
}

type Stands = Awaited<ReturnType<typeof readStands>>;

interface Seen {
  runs: SeenRun[];
  findings: Finding[];
  browser?: ValidationReport["browser"];
  /** Keeps what later milestones are compared with. */
  keep?: () => Promise<void>;
}

async function look(
  deps: ValidationDependencies,
  { input, plan, milestone }: Order,
  { root, place, stands }: { root: string; place: CommandPlace; stands: Stands },
): Promise<Seen> {
  const { missionId, milestoneId } = input;
  const { own } = stands;
  const kept = workspacePaths(deps.paths.workspaces, `${missionId}-~validation`);
  const base =
    own?.base === undefined || own.base === own.head
      ? undefined
      : await openMilestoneBase({
          ...{ commit: own.base, folder: kept.attempt, root, here: place },
          checkOut: (dir) =>
            checkOut(deps.git, own.repository.gitDir, dir, own.base ?? "", "validation"),
        });
  const detected = own === undefined ? [] : await detectIn(place.dir);
  const steps = withPlanTests(detected, plan.tests);
  const runs = [
    ...(await runSteps(steps, place, base)),
    ...(await seeChecks(milestone.checks, place, base)),
  ];
  const buildsCode = own !== undefined && milestone.features.some(({ kind }) => kind === "code");
  const hasTests = steps.some(({ kind }) => kind === "test");
  const mayRewrite = milestone.features.some(({ rewrites = [] }) => rewrites.length > 0);
  const findings = [
    ...runs.flatMap((run) => findingsOf(run, mayRewrite)),
    ...(buildsCode && !hasTests ? [noTests()] : []),
    ...(await milestoneLies(deps, plan, milestone, stands)),
    ...apartFindings(stands),
  ];
  if (!needsBrowser(milestone)) return { runs, findings };

  const out = join(root, "look");
  const baseline = join(kept.attempt, "pages");
  const { browser: port } = deps;
  const pages = await seeInBrowser({ browser: port, plan, milestone, place, out, baseline });
  const { folder } = await requireRecord(deps.paths, missionId);
  const ran = pages.browser.verdict !== "not-run";
  const { scrub } = deps;
  const browser = ran
    ? await keepReport(pages.browser, { out, folder, milestoneId, scrub })
    : pages.browser;
  const isBaseline = pages.browser.verdict === "passed";
  return {
    runs: [...runs, ...pages.runs],
    findings: [
      ...findings,
      ...pages.runs.flatMap((run) => findingsOf(run, mayRewrite)),
      ...pages.findings,
    ],
    browser,
    ...(isBaseline ? { keep: () => keepBaseline(out, baseline) } : {}),
  };
}

/** In each repository that the milestone changed: what decides "green" there, before and after. */
async function milestoneLies(
  { git }: ValidationDependencies,
  { tests }: Plan,
  { checks, features }: PlanMilestone,
  { own, others }: Stands,
): Promise<Finding[]> {
  const all: [string | undefined, Stand | undefined][] = [[undefined, own], ...others];
  const found: Finding[] = [];
  for (const [name, stand] of all) {
    if (stand?.base === undefined) continue;
    const inside = features.filter(({ repository }) => repository === name);
    const rewrites = inside.flatMap((feature) => feature.rewrites ?? []);
    const { gitDir } = stand.repository;
    const { base, head } = stand;
    const own = name === undefined ? { checks, tests } : { checks: [] };
    found.push(...(await findLies({ git }, { gitDir, base, head, rewrites, ...own })));
  }
  return found;
}

async function conclude(
  deps: ValidationDependencies,
  { input, plan }: Order,
  { runs, findings, browser, keep, beganMs, stands }: Seen & { beganMs: number; stands: Stands },
): Promise<ValidationOutcome> {
  const { blobs, scrub } = deps;
  const clean = findings.map((each) => ({ ...each, what: scrub(each.what) }));
  const accepted = await acceptedFindings(deps, input);
  const whole = {
    version: 1 as const,
    milestoneId: input.milestoneId,
    round: input.round ?? 1,
    at: new Date(beganMs).toISOString(),
    ms: deps.clock.now() - beganMs,
    commit: stands.own?.head ?? "",
    base: stands.own?.base ?? "",
    host: deps.hostId,
    findings: worstFirst(clean),
    runs: runs.map((run) => evidenceOf(run, scrub)),
    ...(browser === undefined ? {} : { browser }),
    ...(accepted.length === 0 ? {} : { accepted }),
  };
  const passed = blockingFindings(whole).length === 0;
  if (passed) await keep?.();
  const { models, prices, prompts } = deps;
  const canAsk = models !== undefined && prices !== undefined && prompts !== undefined;
  const offer = passed && canAsk ? await judgeOffer({ models, prices, prompts }, plan) : undefined;
  const unasked = offer !== undefined && "why" in offer ? { judge: { notAsked: offer.why } } : {};
  const report: ValidationReport = { ...whole, passed, ...unasked };
  const { milestoneId, round } = report;
  const stored = await blobs.put(JSON.stringify(report), `validation-${milestoneId}-${round}.json`);
  const outcome = validationOutcome(report, stored);
  return { ...outcome, ...(offer !== undefined && "ask" in offer ? { judgeAsk: offer.ask } : {}) };
}

/** What people let pass of earlier rounds, with who did. */
async function acceptedFindings(
  { blobs }: ValidationDependencies,
  { accepted = [] }: ValidateInput,
): Promise<{ id: string; by: string }[]> {
  const by = new Map<string, string>();
  for (const each of accepted)
    for (const { id } of blockingFindings(await readReport(blobs, each.report)))
      by.set(id, each.by);
  return [...by].map(([id, who]) => ({ id, by: who }));
}
