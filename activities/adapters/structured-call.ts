/** A paid question whose answer is one JSON object: the same paying path as an agent's turns, without tools. */
import type { ModelMessage } from "./models.js";
import { payForCall } from "./paid-call.js";
import type { PaidCall, PaidConversation, Payer } from "./paid-call.js";

export type StructuredReply =
  { kind: "answer"; text: string; cut: boolean } | Exclude<PaidCall, { kind: "reply" }>;

/** Asks once; the answer is kept in the conversation word for word, whether or not it is an object. */
export async function askForObject(
  payer: Payer,
  conversation: PaidConversation,
): Promise<StructuredReply> {
  const paid = await payForCall(payer, conversation);
  if (paid.kind !== "reply") return paid;
  const { text, cut } = paid.reply;
  // Providers refuse an empty answer when it is sent back.
  const content = text.trim() === "" ? "(no answer)" : text;
  conversation.messages.push({ role: "assistant", content });
  return { kind: "answer", text: content, cut };
}

/** What was said last by the model, when nothing was said to it since. */
export function lastAnswer(messages: readonly ModelMessage[]): string | undefined {
  const last = messages.at(-1);
  if (last?.role !== "assistant" || typeof last.content !== "string") return undefined;
  return last.content;
}
