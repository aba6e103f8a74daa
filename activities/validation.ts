/** A milestone's validation: what the engine itself sees of it on a fresh checkout, as one report. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { worstFirst } from "../domain/findings.js";
import type { Plan, PlanMilestone } from "../domain/plan.js";
import { isSameFault } from "../domain/same-fault.js";
import { evidenceOf } from "../domain/validation-findings.js";
import { blockingFindings, validationOutcome } from "../domain/validation-outcome.js";
import type { ValidationOutcome, ValidationReport } from "../domain/validation-work.js";
import type { ValidateInput } from "../domain/work.js";
import { browserGroupFile, workspacePaths } from "../store/workspace-paths.js";
import { childConfinement } from "./child-confinement.js";
import { NOTHING_TO_RUN } from "./check-report.js";
import { type CheckDependencies, orCancelled } from "./checks.js";
import { whileHeartbeating } from "./heartbeat.js";
import { judgeOffer, type JudgeDependencies } from "./judge-question.js";
import type { BrowserPort } from "./ports.js";
import { readPlanMilestone, readStoredPlan } from "./plan.js";
import { removeFolder } from "./remove-folder.js";
import { needsBrowser, type PagesSeen, seePages } from "./validation-browser.js";
import { hasRepository, layOut, readStands, type Stands } from "./validation-checkout.js";
import { seeCode } from "./validation-code.js";
import type { CommandPlace } from "./validation-command.js";
import { readReport } from "./validation-reports.js";

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
  const isUntouched = own === undefined || own.merged.size === 0;
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

type Seen = Omit<PagesSeen, "browser"> & Partial<Pick<PagesSeen, "browser">>;

async function look(
  deps: ValidationDependencies,
  { input, plan, milestone: planned }: Order,
  { root, place, stands }: { root: string; place: CommandPlace; stands: Stands },
): Promise<Seen> {
  const { missionId, milestoneId } = input;
  const memory = workspacePaths(deps.paths.workspaces, `${missionId}-~validation`).attempt;
  const order = { plan, milestone: planned, stands, place, root, memory };
  const code = await seeCode(deps, order);
  const milestone = { ...planned, checks: code.checks };
  const pages = needsBrowser(milestone)
    ? await seePages(deps, { missionId, milestoneId, plan, milestone, place, root, memory })
    : undefined;
  const deaf = await code.seeDeaf();
  const { browser, keep } = pages ?? {};
  return {
    runs: [...code.runs, ...(pages?.runs ?? []), ...deaf.runs],
    findings: [...code.findings, ...(pages?.findings ?? []), ...deaf.findings],
    ...(browser && { browser }),
    ...(keep && { keep }),
  };
}

async function conclude(
  deps: ValidationDependencies,
  { input, plan }: Order,
  { runs, findings, browser, keep, beganMs, stands }: Seen & { beganMs: number; stands: Stands },
): Promise<ValidationOutcome> {
  const { blobs, scrub } = deps;
  const clean = findings.map((each) => ({ ...each, what: scrub(each.what) }));
  const evidence = runs.map((run) => evidenceOf(run, scrub));
  const accepted = await acceptedFindings(deps, input, { findings: clean, runs: evidence });
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
    runs: evidence,
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

/** What people let pass of earlier rounds and is found again as it was, with who did. */
async function acceptedFindings(
  { blobs }: ValidationDependencies,
  { accepted = [] }: ValidateInput,
  now: Pick<ValidationReport, "findings" | "runs">,
): Promise<{ id: string; by: string }[]> {
  const by = new Map<string, string>();
  for (const each of accepted) {
    const before = await readReport(blobs, each.report);
    for (const old of blockingFindings(before)) {
      const again = now.findings.filter(({ id }) => id === old.id);
      if (again.every((one) => isSameFault(old, before, one, now))) by.set(old.id, each.by);
    }
  }
  return [...by].map(([id, who]) => ({ id, by: who }));
}
