/** What an agent says it used beside what the gateway counted. */
import type { AgentDefinition } from "../../../domain/agents.js";
import { guaranteeOf } from "../../../domain/agents.js";
import type { AgentUsage } from "../../agent.js";
import type { OpenGateway } from "../../ports.js";
import type { ReportedTokens } from "./session.js";

export function usageOf(
  definition: AgentDefinition,
  metered: ReturnType<OpenGateway["metered"]> | undefined,
  said: { tokens: ReportedTokens | undefined; costMicroUsd: number | undefined },
): AgentUsage {
  return {
    guarantee: guaranteeOf(definition),
    ...(metered === undefined
      ? {}
      : {
          metered: {
            calls: metered.calls,
            tokens: metered.inputTokens + metered.outputTokens,
            microUsd: metered.microUsd,
          },
        }),
    said: {
      ...(said.tokens === undefined ? {} : { tokens: said.tokens.totalTokens }),
      ...(said.costMicroUsd === undefined ? {} : { microUsd: said.costMicroUsd }),
    },
  };
}
