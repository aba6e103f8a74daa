/** Every activity, put together from factories by theme. */
import { createAnnounceActivities, type AnnounceDependencies } from "./announce.js";
import { createAttemptActivities, type AttemptDependencies } from "./attempt.js";
import { createBaseActivities } from "./base.js";
import { createCheckActivities, type CheckDependencies } from "./checks.js";
import type { Activities, BrowserActivities, ValidationActivities } from "./contract.js";
import { createDiagnosisActivities } from "./diagnosis.js";
import { createExtendPlanActivities } from "./extend-plan.js";
import { createHostActivities } from "./host.js";
import { createIntegrationActivities, type IntegrationDependencies } from "./integration.js";
import { createJudgeActivities, type JudgeDependencies } from "./judge.js";
import { createLeavingActivities } from "./leaving.js";
import { createLookActivities } from "./look.js";
import { createManualWorkActivities, type ManualWorkDependencies } from "./manual-work.js";
import { createMissionFileActivities, type MissionFileDependencies } from "./mission-file.js";
import { createPlanActivities } from "./plan.js";
import { createPlanningActivities, type PlanningDependencies } from "./planning.js";
import { createPollerActivities } from "./pollers.js";
import type { PollerPort, QueuePort } from "./ports.js";
import { createPullRequestActivities, type PullRequestDependencies } from "./pull-requests.js";
import { createQueueActivities } from "./queue.js";
import { createReviewActivities, type ReviewDependencies } from "./review.js";
import { createValidationActivities } from "./validation.js";
import { createWorkspaceActivities, type WorkspaceDependencies } from "./workspace.js";

export interface ActivityDependencies
  extends
    AnnounceDependencies,
    AttemptDependencies,
    CheckDependencies,
    IntegrationDependencies,
    JudgeDependencies,
    ManualWorkDependencies,
    MissionFileDependencies,
    PlanningDependencies,
    PullRequestDependencies,
    ReviewDependencies,
    WorkspaceDependencies {
  pollers: PollerPort;
  queue: QueuePort;
}

export function createActivities(
  dependencies: ActivityDependencies,
): Activities & ValidationActivities & BrowserActivities {
  return {
    ...createAnnounceActivities(dependencies),
    ...createAttemptActivities(dependencies),
    ...createBaseActivities(dependencies),
    ...createCheckActivities(dependencies),
    ...createDiagnosisActivities(dependencies),
    ...createExtendPlanActivities(dependencies),
    ...createHostActivities(dependencies),
    ...createIntegrationActivities(dependencies),
    ...createJudgeActivities(dependencies),
    ...createLeavingActivities(dependencies),
    ...createLookActivities(dependencies),
    ...createManualWorkActivities(dependencies),
    ...createMissionFileActivities(dependencies),
    ...createPlanActivities(dependencies),
    ...createPlanningActivities(dependencies),
    ...createPollerActivities(dependencies),
    ...createPullRequestActivities(dependencies),
    ...createQueueActivities(dependencies),
    ...createReviewActivities(dependencies),
    ...createValidationActivities(dependencies),
    ...createWorkspaceActivities(dependencies),
  };
}
