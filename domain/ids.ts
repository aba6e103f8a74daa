/** Ids, workflow ids, task queues and slice keys: written once, here. */

export const NAMESPACE = "missions";
export const TASK_QUEUE = "missions";

/** Mission ids are `m-YYYYMMDD-xxxxxx`. */
export const MISSION_ID = /^m-\d{8}-[0-9a-z]{6}$/;

/** @param random at least 6 characters of [0-9a-z], drawn by the caller. */
export function missionIdFrom(date: Date, random: string): string {
  return `m-${date.toISOString().slice(0, 10).replaceAll("-", "")}-${random.slice(0, 6)}`;
}

export const missionWorkflowId = (missionId: string) => `mission/${missionId}`;
export const guardWorkflowId = (missionId: string) => `mission/${missionId}/budget`;
/** @param n counts the plannings of the mission from 1. */
export const planningWorkflowId = (missionId: string, n: number) =>
  `mission/${missionId}/planning/${n}`;
export const milestoneWorkflowId = (missionId: string, milestoneId: string) =>
  `mission/${missionId}/${milestoneId}`;
/** Feature ids start with their milestone's (`2.3`), so the last part alone says which. */
export const featureWorkflowId = (missionId: string, milestoneId: string, featureId: string) =>
  `mission/${missionId}/${milestoneId}/${featureId}`;

/** Task queue of one host. */
export const hostQueue = (hostId: string) => `missions-host-${hostId}`;

/** Task queue on which features wait for a host with a free slot. @param sharedQueue that every worker serves. */
export const placementQueue = (sharedQueue: string) => `${sharedQueue}-placement`;

/** `<generation>/<m>/<f>/<n>`, n counting that feature's asks from 1. */
export const sliceKey = (generation: number, milestoneId: string, featureId: string, n: number) =>
  `${generation}/${milestoneId}/${featureId}/${n}`;

/** Branch of the mission in an existing repository. */
export const missionBranch = (missionId: string) => `mission/${missionId}`;

/**
 * Branch of a feature on a forge; beside the mission's, because git cannot hold `mission/<id>` and `mission/<id>/<feature>`.
 * @param part the feature's id as part of a ref (`refPart` of the store).
 */
export const featureBranch = (missionId: string, part: string) => `mission/${missionId}-${part}`;

/** Names of a milestone or feature in a plan: used in workflow ids, paths and branches. */
export const PART_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
