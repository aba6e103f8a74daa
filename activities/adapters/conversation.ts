/** The builtin agent's memory: messages as sent to the model, and what must be known to go on after a crash. */
import { createHash } from "node:crypto";
import type { KnownPrompt } from "../metering.js";
import type { ModelMessage } from "./models.js";
import { countPictures, PICTURE_TOKENS, picturePart } from "./pictures.js";
import type { Progress } from "./progress.js";

export interface Conversation {
  messages: ModelMessage[];
  /** Exact size of the last prompt, and how many messages it had; for one model and system text only. */
  known?: KnownPrompt & { messages: number; of: string };
  turns: number;
  /** The tool call that failed last, and how often in a row. */
  failing: { call: string; times: number };
  /** Answers in a row that neither used a tool nor said anything. */
  idle: number;
  /** What the agent said when it was done; taken back when there is more to do. */
  finished?: string;
  /** Hashes of the people's notes that the agent has been told. */
  notes: string[];
  repairRound: number;
  /** Whether what it does still changes anything. */
  progress?: Progress;
  /** Blobs of what was said before notes took its place, oldest first. */
  earlier?: string[];
}

/** Begins each word of the engine that means nothing later. */
export const NUDGE = "From the engine: ";

export const newConversation = (brief: string): Conversation => ({
  messages: [{ role: "user", content: brief }],
  turns: 0,
  failing: { call: "", times: 0 },
  idle: 0,
  notes: [],
  repairRound: 0,
});

/** @returns undefined when the state is not a conversation; then the work starts anew. */
export function conversationFrom(state: unknown): Conversation | undefined {
  const found = state as Partial<Conversation> | null | undefined;
  return Array.isArray(found?.messages) && found.messages.length > 0 && Array.isArray(found.notes)
    ? (structuredClone(found) as Conversation)
    : undefined;
}

export interface PendingCall {
  id: string;
  name: string;
  input: unknown;
}

/** Tool calls of the last answer that have no result yet. */
export function pendingCalls(messages: readonly ModelMessage[]): PendingCall[] {
  const at = messages.findLastIndex(({ role }) => role === "assistant");
  const answer = messages[at];
  if (answer?.role !== "assistant" || typeof answer.content === "string") return [];
  const answered = new Set(
    messages
      .slice(at + 1)
      .flatMap((message) =>
        message.role === "tool"
          ? message.content.flatMap((part) =>
              part.type === "tool-result" ? [part.toolCallId] : [],
            )
          : [],
      ),
  );
  return answer.content.flatMap((part) =>
    part.type === "tool-call" && !answered.has(part.toolCallId)
      ? [{ id: part.toolCallId, name: part.toolName, input: part.input }]
      : [],
  );
}

/** Adds a result; all results of one answer share one message, as providers want them. */
export function addResult(
  conversation: Conversation,
  call: PendingCall,
  text: string,
  picture?: { sha256: string },
): void {
  const part = {
    type: "tool-result" as const,
    toolCallId: call.id,
    toolName: call.name,
    output:
      picture === undefined
        ? { type: "text" as const, value: text }
        : {
            type: "content" as const,
            value: [{ type: "text" as const, text }, picturePart(picture.sha256)],
          },
  };
  const last = conversation.messages.at(-1);
  if (last?.role === "tool") last.content.push(part);
  else conversation.messages.push({ role: "tool", content: [part] });
}

/** What the last answer says in words. */
export function lastWords(messages: readonly ModelMessage[]): string {
  const last = messages.at(-1);
  if (last?.role !== "assistant") return "";
  if (typeof last.content === "string") return last.content.trim();
  return last.content
    .flatMap((part) => (part.type === "text" ? [part.text] : []))
    .join("\n")
    .trim();
}

/** Bytes of what the model has not been sent before, a picture at the tokens that it takes at most. */
export function addedSize(
  conversation: Pick<Conversation, "messages" | "known">,
  of: string,
  fixedBytes: number,
) {
  const known = conversation.known?.of === of ? conversation.known : undefined;
  const added = conversation.messages.slice(known?.messages ?? 0);
  const bytes = Buffer.byteLength(JSON.stringify(added)) + PICTURE_TOKENS * countPictures(added);
  return { known, bytes: known === undefined ? bytes + fixedBytes : bytes, messages: added.length };
}

export const hashOf = (...texts: string[]) =>
  createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 16);

/** The conversation as a person reads it. */
export function transcriptOf(messages: readonly ModelMessage[]): string {
  const lines: string[] = [];
  for (const message of messages) {
    if (typeof message.content === "string") {
      lines.push(`## ${message.role}`, message.content);
      continue;
    }
    for (const part of message.content) {
      if (part.type === "text") lines.push(`## ${message.role}`, part.text);
      if (part.type === "tool-call")
        lines.push(`## calls ${part.toolName}`, JSON.stringify(part.input, null, 1));
      if (part.type === "tool-result")
        lines.push(
          `## ${part.toolName} answers`,
          "value" in part.output ? textOf(part.output.value) : "",
        );
    }
  }
  return `${lines.join("\n\n")}\n`;
}

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
