/** What was said in a paid conversation, kept after every answer: a killed worker costs at most the call in flight. */
import { readFile } from "node:fs/promises";
import { writeWhole } from "../store/files.js";
import type { PaidConversation } from "./adapters/paid-call.js";

export interface PaidMemory extends PaidConversation {
  version: 1;
  /** Answers so far. */
  replies: number;
  /** The last answer was cut at its limit. */
  cut: boolean;
}

export const newMemory = (firstMessage: string): PaidMemory => ({
  version: 1,
  messages: [{ role: "user", content: firstMessage }],
  replies: 0,
  cut: false,
});

export const readMemory = async (path: string): Promise<PaidMemory | undefined> =>
  parseMemory(await readFile(path).catch(() => undefined));

export const keepMemory = (path: string, memory: PaidMemory): Promise<void> =>
  writeWhole(path, JSON.stringify(memory));

/** True when it is the conversation that begins with this question. */
export const isAbout = (memory: PaidMemory | undefined, firstMessage: string): boolean =>
  memory?.messages[0]?.content === firstMessage;

export function parseMemory(content: Uint8Array | undefined): PaidMemory | undefined {
  if (content === undefined) return undefined;
  try {
    const found = JSON.parse(Buffer.from(content).toString("utf8")) as Partial<PaidMemory> | null;
    const isWhole =
      found?.version === 1 && Array.isArray(found.messages) && typeof found.replies === "number";
    return isWhole ? (found as PaidMemory) : undefined;
  } catch {
    return undefined;
  }
}
