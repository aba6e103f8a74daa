/** What a session said and did, as a bounded transcript, and what must be known of it while it runs. */
import { createBoundedOutput } from "../bounded-output.js";
import { createSaidCost } from "./said-cost.js";
import type { SaidCost } from "./said-cost.js";

const TRANSCRIPT_BYTES = 400_000;
const WORDS = 8_000;
const PART_CHARACTERS = 2_000;
const MOST_OPEN_CALLS = 10_000;
/** Kinds of tool calls that change no file. */
const HARMLESS = new Set(["read", "search", "think", "fetch", "switch_mode"]);

export interface SessionRecord {
  /** One `session/update`, in whatever shape. @returns whether a tool call has just ended, and whether it may have changed files. */
  take(update: unknown): { toolEnded: boolean; dirty: boolean };
  /** Of the engine, as prompts and decisions. */
  note(text: string): void;
  /** What the agent said since its last tool call. */
  words(): string;
  /** Forgets them, for the next turn. */
  newTurn(): void;
  toolCalls(): number;
  said: SaidCost;
  transcript(): string;
}

interface Update {
  sessionUpdate?: unknown;
  content?: unknown;
  toolCallId?: unknown;
  title?: unknown;
  kind?: unknown;
  status?: unknown;
  cost?: unknown;
}

export function createSessionRecord(): SessionRecord {
  const transcript = createBoundedOutput(TRANSCRIPT_BYTES);
  const calls = new Map<string, { title: string; kind: string }>();
  let words = "";
  let toolCalls = 0;
  const said = createSaidCost();
  let speaker = "";
  const write = (text: string) => {
    transcript.add(Buffer.from(text));
  };
  const say = (who: string, text: string) => {
    if (speaker !== who) write(`\n\n${who}: `);
    speaker = who;
    write(text);
  };

  const call = (update: Update) => {
    const id = String(update.toolCallId).slice(0, 200);
    const before = calls.get(id) ?? { title: "", kind: "" };
    const now = {
      title: textOf(update.title) || before.title,
      kind: textOf(update.kind) || before.kind,
    };
    const { status } = update;
    if (status !== "completed" && status !== "failed") {
      if (calls.size < MOST_OPEN_CALLS) calls.set(id, now);
      return { toolEnded: false, dirty: false };
    }
    calls.delete(id);
    toolCalls += 1;
    words = "";
    speaker = "";
    write(`\n\n[${now.kind || "tool"} ${status}] ${now.title}${outputOf(update.content)}`);
    return { toolEnded: true, dirty: !HARMLESS.has(now.kind) };
  };

  return {
    take: (given) => {
      const update = (typeof given === "object" && given !== null ? given : {}) as Update;
      switch (update.sessionUpdate) {
        case "agent_message_chunk": {
          const text = textOfContent(update.content);
          words = (words + text).slice(-WORDS);
          say("agent", text);
          break;
        }
        case "agent_thought_chunk":
          say("thought", textOfContent(update.content));
          break;
        case "tool_call":
        case "tool_call_update":
          return call(update);
        case "usage_update": {
          const microUsd = costOf(update.cost);
          if (microUsd !== undefined) said.hear(microUsd);
          break;
        }
      }
      return { toolEnded: false, dirty: false };
    },
    note: (text) => {
      say("engine", text);
      speaker = "";
    },
    words: () => words.trim(),
    newTurn: () => {
      said.newTurn();
      words = "";
      speaker = "";
    },
    toolCalls: () => toolCalls,
    said,
    transcript: () => transcript.text().trim(),
  };
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? value.slice(0, PART_CHARACTERS) : "";

/** A block of content, where it is text. */
function textOfContent(content: unknown): string {
  const block = content as { type?: unknown; text?: unknown } | null | undefined;
  return block?.type === "text" && typeof block.text === "string" ? block.text : "";
}

/** What a tool gave back, cut. */
function outputOf(content: unknown): string {
  if (!Array.isArray(content)) return "";
  const parts = (content as ({ type?: unknown; content?: unknown; path?: unknown } | null)[]).map(
    (part) =>
      part?.type === "diff" ? `changed ${textOf(part.path)}` : textOfContent(part?.content),
  );
  const text = parts.filter((part) => part !== "").join("\n");
  return text === "" ? "" : `\n${text.slice(0, PART_CHARACTERS)}`;
}

/** Only dollars: another currency has no rate here, and is as good as no word. */
function costOf(cost: unknown): number | undefined {
  const { amount, currency } = (cost ?? {}) as { amount?: unknown; currency?: unknown };
  if (currency !== "USD" || typeof amount !== "number" || !(amount >= 0)) return undefined;
  return Math.ceil(Math.min(amount, 1_000_000) * 1_000_000);
}
