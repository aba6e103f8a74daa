/** A mission whose milestone is validated, on a real repository. */
import type { Check, Plan } from "../../domain/plan.js";
import type { ValidationReport } from "../../domain/validation-work.js";
import type { ValidateInput } from "../../domain/work.js";
import { expect } from "@jest/globals";
import { type Fixture, makeMission, userGit, writeFiles } from "./mission-fixture.js";

export const bash = (id: string, run: string, more: Partial<Check> = {}): Check => ({
  id,
  sentence: `It holds ${id}`,
  verify: { method: "bash", run },
  ...more,
});
export const packageJson = (scripts: Record<string, string>) => JSON.stringify({ scripts });
/** Prints as node's test runner does. */
export const ran = (tests: number, skipped = 0) =>
  `printf '# tests ${tests + skipped}\\n# skipped ${skipped}\\n'`;

/** A mission whose repository begins with `before`, and whose one feature brings `after`. */
export async function missionFrom(
  { root, repo }: { root: string; repo: string },
  before: Record<string, string>,
  after: Record<string, string>,
  wishes: {
    checks?: Check[];
    featureChecks?: Check[];
    plan?: Partial<Plan>;
    rewrites?: string[];
    secret?: string;
  } = {},
): Promise<Fixture> {
  await writeFiles(repo, before);
  await userGit(repo, "add", "-A");
  await userGit(repo, "commit", "-q", "--allow-empty", "-m", "Before");
  const mission = await makeMission(root, repo, {
    milestoneChecks: wishes.checks ?? [],
    ...(wishes.plan === undefined ? {} : { plan: wishes.plan }),
    ...(wishes.secret === undefined ? {} : { secret: wishes.secret }),
    features: [
      {
        id: "1.1",
        checks: wishes.featureChecks ?? [],
        ...(wishes.rewrites === undefined ? {} : { rewrites: wishes.rewrites }),
      },
    ],
  });
  const { outcome } = await mission.finish("1.1", { "done.txt": "done\n", ...after });
  expect(outcome).toMatchObject({ kind: "merged" });
  return mission;
}

export async function validate(mission: Fixture, more: Partial<ValidateInput> = {}) {
  const { missionId, planHash, activities } = mission;
  const outcome = await mission.act(activities.validateMilestone, {
    ...{ missionId, generation: 1, milestoneId: "1", planHash, commandMs: 60_000 },
    ...more,
  });
  const content = await mission.blobs.get(outcome.report?.sha256 ?? "");
  const report = JSON.parse(Buffer.from(content).toString("utf8")) as ValidationReport;
  const said = report.findings.map(({ severity, id }) => `${severity} ${id}`);
  return { outcome, report, said };
}
