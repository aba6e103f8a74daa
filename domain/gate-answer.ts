/** How a gate is answered on the command line. */
import type { Gate } from "./mission.js";

/** Words after `npx missions`; the plan gate has a command of its own. */
export const answerWords = (
  missionId: string,
  { id, kind }: Pick<Gate, "id" | "kind">,
  choice: string,
): string[] =>
  kind === "plan" && choice === "approve"
    ? ["approve", missionId]
    : ["decide", missionId, id, choice];
