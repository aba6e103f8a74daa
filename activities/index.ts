/** Every activity, put together from factories by theme. */
import { createAnnounceActivities } from "./announce.js";
import { createAttemptActivities } from "./attempt.js";
import type { Activities } from "./contract.js";
import { createCheckActivities } from "./checks.js";
import { createHostActivities } from "./host.js";
import { createPollerActivities } from "./pollers.js";
import { createIntegrationActivities } from "./integration.js";
import { createMissionFileActivities } from "./mission-file.js";
import { createPlanActivities } from "./plan.js";
import { createValidationActivities } from "./validation.js";
import { createWorkspaceActivities } from "./workspace.js";

export type ActivityDependencies = Parameters<typeof createAnnounceActivities>[0] &
  Parameters<typeof createAttemptActivities>[0] &
  Parameters<typeof createCheckActivities>[0] &
  Parameters<typeof createHostActivities>[0] &
  Parameters<typeof createIntegrationActivities>[0] &
  Parameters<typeof createMissionFileActivities>[0] &
  Parameters<typeof createPollerActivities>[0] &
  Parameters<typeof createPlanActivities>[0] &
  Parameters<typeof createValidationActivities>[0] &
  Parameters<typeof createWorkspaceActivities>[0];

export function createActivities(dependencies: ActivityDependencies): Activities {
  return {
    ...createAnnounceActivities(dependencies),
    ...createAttemptActivities(dependencies),
    ...createCheckActivities(dependencies),
    ...createHostActivities(dependencies),
    ...createIntegrationActivities(dependencies),
    ...createMissionFileActivities(dependencies),
    ...createPollerActivities(dependencies),
    ...createPlanActivities(dependencies),
    ...createValidationActivities(dependencies),
    ...createWorkspaceActivities(dependencies),
  };
}
