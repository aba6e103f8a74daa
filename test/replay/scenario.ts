/** One short mission that is recorded. */
import type { Client } from "@temporalio/client";
import type {
  Activities,
  FullModeActivities,
  ValidationActivities,
} from "../../activities/contract.js";
import type { MilestoneOutline } from "../../domain/mission.js";
import type { MissionInput } from "../../workflows/messages.js";
import type { MissionHandle } from "../helpers/with-worker.js";

export interface Scenario {
  name: string;
  milestones: MilestoneOutline[];
  input?: Partial<MissionInput>;
  activities?: Partial<Activities & FullModeActivities & ValidationActivities>;
  /** What happens to the mission's id before it starts. */
  before?: (client: Client, missionId: string) => Promise<void>;
  steps?: (handle: MissionHandle) => Promise<void>;
}
