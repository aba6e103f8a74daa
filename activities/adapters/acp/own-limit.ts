/** A limit of the agent's own subscription: it ends the attempt until the limit is reset, by the agent's own word. */
import type { AgentDefinition } from "../../../domain/agents.js";
import type { AgentEnding } from "../../agent.js";
import { isLimitNotice, resetAtMs, speaksOfLimit } from "../reset-text.js";

/**
 * @param said `error`: the agent failed with these words. `words`: it ended its turn with them, as if it were done; then they
 * must be the notice and nothing else, because an agent may well have built something about limits.
 * @returns undefined where nothing says when it is reset, and for agents whose calls the gateway meters.
 */
export function ownLimit(
  { name, gateway }: AgentDefinition,
  said: { error: string } | { words: string },
  nowMs: number,
): AgentEnding | undefined {
  if (gateway !== "none") return undefined;
  const text = "error" in said ? said.error : said.words;
  if (!("error" in said ? speaksOfLimit(text) : isLimitNotice(text))) return undefined;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const untilMs = resetAtMs(text, nowMs, zone);
  if (untilMs === undefined) return undefined;
  return { kind: "wait-until", at: new Date(untilMs).toISOString(), why: `limit of ${name}` };
}
