/** The commands that answer a gate, as a person types them. */
import type { Gate } from "../domain/mission.js";
import { missionsCommand } from "./shell-words.js";

export interface GateAnswer {
  choice: string;
  means: string;
  command: string;
}

/** The plan gate has commands of its own; every other gate is answered by `decide`. */
export function gateAnswers(
  missionId: string,
  gate: Pick<Gate, "id" | "kind" | "options">,
): GateAnswer[] {
  return gate.options.map(({ choice, means }) => ({
    choice,
    means,
    command:
      gate.kind === "plan" && choice === "approve"
        ? missionsCommand("approve", missionId)
        : missionsCommand("decide", missionId, gate.id, choice),
  }));
}
