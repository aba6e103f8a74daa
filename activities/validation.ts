/** A milestone's checks, on a fresh checkout of what was integrated. */
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ChecksOutcome, ValidateInput } from "../domain/work.js";
import { workspacePaths } from "../store/workspace-paths.js";
import { checkOut } from "./adapters/checkout.js";
import { branchHead, openEngineRepository, repositoryPlace } from "./adapters/engine-repository.js";
import { childConfinement } from "./child-confinement.js";
import { NOTHING_TO_RUN, reportChecks } from "./check-report.js";
import { type CheckDependencies, orCancelled, runAll } from "./checks.js";
import { whileHeartbeating } from "./heartbeat.js";
import { readPlanMilestone, readStoredPlan } from "./plan.js";
import { removeFolder } from "./remove-folder.js";
import { requireRecord } from "./mission-place.js";
import { workspaceName } from "./workspace.js";

export type ValidationDependencies = CheckDependencies;

export function createValidationActivities(deps: ValidationDependencies) {
  return {
    /** Runs the milestone's checks; may be repeated, each time on a checkout of its own that is gone afterwards. */
    async validateMilestone(input: ValidateInput): Promise<ChecksOutcome> {
      const { planHash, milestoneId } = input;
      const { checks } = await readPlanMilestone(deps.blobs, planHash, milestoneId);
      if (checks.length === 0) return NOTHING_TO_RUN;
      return whileHeartbeating((signal) =>
        orCancelled(signal, async () => {
          const { missionId, commandMs } = input;
          const name = `${missionId}-validate-${milestoneId}`;
          const root = join(deps.paths.workspaces, name);
          const groupFile = join(root, "group.json");
          await deps.commands.endRecordedGroup(groupFile);
          try {
            const dir = await layOut(deps, missionId, name);
            const { home } = workspacePaths(deps.paths.workspaces, name);
            await mkdir(home, { recursive: true });
            const plan = await readStoredPlan(deps.blobs, planHash);
            const others = await layOutOthers(deps, missionId, root);
            const confine = childConfinement(deps.paths, missionId, plan);
            const readable = [...confine.readable, ...others];
            const { commands } = deps;
            const place = {
              commands,
              dir,
              home,
              groupFile,
              commandMs,
              signal,
              confine: { ...confine, readable },
            };
            const { runs, unseen } = await runAll(checks, place);
            const told = { runs, unseen, name: `checks-${milestoneId}.txt` };
            return await reportChecks(deps.blobs, deps.scrub, told);
          } finally {
            await removeFolder(root);
          }
        }),
      );
    },
  };
}

/** @returns the folder to check: the head of the branch, or for plain folders the mission's common one, or an empty one. */
async function layOut(deps: ValidationDependencies, missionId: string, name: string) {
  const { git, paths } = deps;
  const record = await requireRecord(paths, missionId);
  const { tree } = workspacePaths(paths.workspaces, name);
  await removeFolder(tree);
  if (record.workspace === "folder") {
    await mkdir(tree, { recursive: true });
    const common = workspacePaths(paths.workspaces, workspaceName(missionId, "", "poc")).tree;
    return (await stat(common).catch(() => undefined)) === undefined ? tree : common;
  }
  const repository = await openEngineRepository(git, paths, record);
  await checkOut(git, repository.gitDir, tree, await branchHead(git, repository), "validation");
  return tree;
}

/**
 * The other repositories of the mission, beside the folder to check: `../<name>`, at the heads of its branches, to be read.
 * @returns the folders that the checks need of them.
 */
async function layOutOthers(deps: ValidationDependencies, missionId: string, root: string) {
  const { git, paths } = deps;
  const record = await requireRecord(paths, missionId);
  const readable: string[] = [];
  for (const name of Object.keys(record.repositories ?? {})) {
    const folder = join(root, name);
    const repository = await openEngineRepository(git, paths, repositoryPlace(record, name));
    const head = await branchHead(git, repository);
    await checkOut(git, repository.gitDir, folder, head, "validation");
    readable.push(folder, join(repository.gitDir, "objects"));
  }
  return readable;
}
