/** The part of a validation that runs code: what the checkout names and what the plan demands, held against the milestone's base. */
import { join } from "node:path";
import { withPlanTests } from "../domain/detection.js";
import { withInstalls, withNeedless } from "../domain/detection/folders.js";
import type { Finding } from "../domain/findings.js";
import type { Check, Plan, PlanMilestone } from "../domain/plan.js";
import { findingsOf, noTests, type SeenRun } from "../domain/validation-findings.js";
import { readManifests } from "../store/manifests.js";
import { checkOut } from "./adapters/checkout.js";
import type { CheckDependencies } from "./checks.js";
import { findLies } from "./lies.js";
import { detectIn, detectInFolders } from "./repository-tests.js";
import { openMilestoneBase } from "./validation-base.js";
import { apartFindings, type Stand, type Stands } from "./validation-checkout.js";
import { demandedChecks, seeChecks } from "./validation-checks.js";
import type { CommandPlace } from "./validation-command.js";
import { holdFiles } from "./validation-files.js";
import { plantFailures, seeDeafRuns } from "./validation-plant.js";
import { runLostTests, runSteps } from "./validation-steps.js";

interface Order {
  plan: Plan;
  milestone: PlanMilestone;
  stands: Stands;
  place: CommandPlace;
  /** Of this validation; `memory`: the mission's, for what bases said. */
  root: string;
  memory: string;
}

export interface CodeSeen {
  runs: SeenRun[];
  findings: Finding[];
  /** Of the milestone and of its features. */
  checks: Check[];
  /** Contract: called last, because it spoils the checkout. */
  seeDeaf: () => Promise<{ runs: SeenRun[]; findings: Finding[] }>;
}

export async function seeCode(deps: CheckDependencies, order: Order): Promise<CodeSeen> {
  const { plan, milestone, stands, root } = order;
  const { own } = stands;
  const { dir } = order.place;
  const detected = own === undefined ? [] : await detectIn(dir);
  const named = withPlanTests(detected, plan.tests);
  const checks = demandedChecks(milestone, own?.merged ?? new Set(), named);
  const asked = checks.flatMap(({ verify }) => (verify.method === "bash" ? [verify.run] : []));
  const ofPlan = [...(plan.tests ?? []), ...asked];
  const inFolders = own === undefined ? [] : await detectInFolders(dir, ofPlan, detected);
  const steps = withInstalls(named, inFolders);
  const manifests = Object.values(await readManifests(dir));
  const commands = [...steps.map(({ run }) => run), ...asked, ...manifests];
  const at = own && { gitDir: own.repository.gitDir, dir, index: join(root, "index") };
  const held = at && (await holdFiles(deps.git, at, commands));
  const place = { ...order.place, ...(held && { putBack: () => held.putBack() }) };
  const base = own && (await openBase(deps, { ...order, commands: ofPlan }, own));

  const stepRuns = await runSteps(steps, place, base);
  const isDetected = base !== undefined && plan.tests === undefined;
  const runs = withNeedless(steps, [
    ...stepRuns,
    ...(isDetected ? await runLostTests(steps, stepRuns, place, base) : []),
    ...(await seeChecks(checks, place, base)),
  ]);
  const mayRewrite = milestone.features.some(({ rewrites = [] }) => rewrites.length > 0);
  const saidBy = (seen: readonly SeenRun[]) => seen.flatMap((run) => findingsOf(run, mayRewrite));
  const buildsCode = own !== undefined && milestone.features.some(({ kind }) => kind === "code");
  const hasTests = steps.some(({ kind }) => kind === "test");
  return {
    runs,
    checks,
    findings: [
      ...saidBy(runs),
      ...(buildsCode && !hasTests ? [noTests()] : []),
      ...(held?.finding() ?? []),
      ...(await milestoneLies(deps, plan, milestone, stands)),
      ...apartFindings(stands),
    ],
    async seeDeaf() {
      if (own === undefined) return { runs: [], findings: [] };
      const plant = () => plantAt(deps, own, own.head, dir);
      const deaf = await seeDeafRuns({ runs, steps, place, base, plant });
      return { runs: deaf, findings: saidBy(deaf) };
    },
  };
}

const plantAt = ({ git }: CheckDependencies, { repository }: Stand, commit: string, dir: string) =>
  plantFailures(git, { gitDir: repository.gitDir, commit }, dir);

/** @returns undefined where nothing of the milestone came onto the branch, or nothing was there before it. */
async function openBase(
  deps: CheckDependencies,
  { root, memory, place, commands }: Order & { commands: readonly string[] },
  own: Stand,
) {
  const { base: commit, head, repository } = own;
  if (commit === undefined || commit === head) return undefined;
  return openMilestoneBase({
    ...{ commit, folder: memory, root, here: place, commands },
    checkOut: (dir) => checkOut(deps.git, repository.gitDir, dir, commit, "validation"),
    plant: (dir) => plantAt(deps, own, commit, dir),
  });
}

/** In each repository that the milestone changed: what decides "green" there, before and after. */
async function milestoneLies(
  { git }: CheckDependencies,
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
