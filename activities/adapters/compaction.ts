/** Keeps a conversation inside its model's window: old results are shortened first, then older turns become notes. */
import { addedSize, lastWords, NUDGE, pendingCalls, transcriptOf } from "./conversation.js";
import type { Conversation } from "./conversation.js";
import type { AgentRun } from "../agent.js";
import { quoted } from "../../domain/quoted.js";
import { promptBound } from "../metering.js";
import { scrub } from "./model-errors.js";
import { extraBytes } from "./models.js";
import type { ModelMessage } from "./models.js";
import { payForCall } from "./paid-call.js";
import { PICTURE_TOKENS } from "./pictures.js";
import type { PaidCall, Payer } from "./paid-call.js";

/** For models of which nobody knows it. */
const WINDOW_TOKENS = 100_000;
/** Above the first share of the window room is made; results alone are enough when they bring it below the second. */
const SHARE = { full: 0.7, enough: 0.5, tail: 0.3, result: 0.1 };
/** A guess, only for what to cut; what a call may cost is bounded by bytes (metering.ts). */
const BYTES_PER_TOKEN = 3;
const RECENT_MESSAGES = 10;
const RECENT_TURNS = 4;
const KEPT = { result: 300, message: 6_000, call: 160, notes: 12_000 };
const ANSWER = { wanted: 2_000, least: 256 };

/** True when room has to be made before the next call. */
export const isFull = (payer: Payer, conversation: Conversation): boolean =>
  sizeOf(conversation) >= windowOf(payer) * SHARE.full;

const windowOf = ({ prices, model }: Payer) => prices.contextTokens?.(model) ?? WINDOW_TOKENS;

/** Of a conversation that is full. @returns how the attempt ends when even the notes could not be asked for; undefined when the work goes on. */
export async function makeRoom(
  payer: Payer & { run: AgentRun },
  conversation: Conversation,
): Promise<Exclude<PaidCall, { kind: "reply" }> | undefined> {
  const window = windowOf(payer);
  const before = sizeOf(conversation);
  const freed = shortenResults(conversation.messages.slice(0, -RECENT_MESSAGES));
  const after = before - freed / BYTES_PER_TOKEN;
  const from = tailStart(conversation.messages, window);
  if (after < window * SHARE.enough || from <= 2) return undefined;
  // Also of what stays: in a small window one long file is too much.
  cutResults(conversation.messages, window * SHARE.result * BYTES_PER_TOKEN);
  const asked = await askForNotes(payer, conversation);
  if (typeof asked === "object") return asked;
  const older = conversation.messages.slice(0, from);
  await keepTranscript(payer, conversation, older);
  replaceOlder(payer, conversation, from, asked);
  return undefined;
}

/** Tokens of the next prompt, about. */
function sizeOf(conversation: Conversation): number {
  const { known, bytes } = addedSize(conversation, conversation.known?.of ?? "", 0);
  return (known?.promptTokens ?? 0) + bytes / BYTES_PER_TOKEN;
}

/** @returns bytes that were left out. The known size of the prompt stays an upper bound. */
export function shortenResults(messages: readonly ModelMessage[]): number {
  return cutResults(messages, 2 * KEPT.result, KEPT.result);
}

function cutResults(messages: readonly ModelMessage[], most: number, kept = most): number {
  let freed = 0;
  for (const message of messages) {
    if (message.role !== "tool") continue;
    for (const part of message.content) {
      if (part.type !== "tool-result") continue;
      freed += leaveOutPicture(part);
      if (part.output.type !== "text") continue;
      const { value } = part.output;
      const short = `${value.slice(0, kept)}\n[the rest was left out to save room]`;
      if (value.length <= most || short.length >= value.length) continue;
      part.output.value = short;
      freed += value.length - part.output.value.length;
    }
  }
  return Math.max(0, freed);
}

type ToolOutput = Extract<
  Extract<ModelMessage, { role: "tool" }>["content"][number],
  { type: "tool-result" }
>["output"];

/** What was seen stays in words. @returns bytes that were left out. */
function leaveOutPicture(part: { output: ToolOutput }): number {
  const { output } = part;
  if (output.type !== "content") return 0;
  const words = output.value.flatMap((piece) => ("text" in piece ? [piece.text] : []));
  part.output = { type: "text", value: words.join("\n") };
  return PICTURE_TOKENS * BYTES_PER_TOKEN;
}

/** Index of the answer with which the part begins that stays word for word; its calls and results stay together. */
function tailStart(messages: readonly ModelMessage[], window: number): number {
  const answers = messages.flatMap(({ role }, at) => (role === "assistant" ? [at] : []));
  const most = window * SHARE.tail * BYTES_PER_TOKEN;
  const fits = (at: number) => sizeInBytes(messages.slice(at)) <= most;
  return answers.slice(-RECENT_TURNS).find(fits) ?? answers.at(-1) ?? 0;
}

/** @returns the notes; undefined when there are none to be had, so that a list of what was done stands in. */
async function askForNotes(
  payer: Payer,
  conversation: Conversation,
): Promise<string | undefined | Exclude<PaidCall, { kind: "reply" }>> {
  // The same beginning as ever: providers that keep prompts read it from there.
  const messages = [...conversation.messages, { role: "user" as const, content: ASK }];
  const { known } = conversation;
  const question = { messages, ...(known === undefined ? {} : { known }) };
  const paid = await payForCall({ ...payer, answer: ANSWER }, question);
  if (paid.kind === "needs-more") return undefined; // what is left of the slice is for the work
  if (paid.kind !== "reply") return paid;
  const words = lastWords(paid.reply.messages);
  const isUsable = words !== "" && pendingCalls(paid.reply.messages).length === 0;
  return isUsable ? scrub(words, payer.opened.secrets).slice(0, KEPT.notes) : undefined;
}

/** People read later what the model no longer does. */
async function keepTranscript(
  { run, opened }: Payer & { run: AgentRun },
  conversation: Conversation,
  older: readonly ModelMessage[],
): Promise<void> {
  const said = older.slice(conversation.earlier === undefined ? 0 : 1);
  const { sha256 } = await run.put(scrub(transcriptOf(said), opened.secrets), "transcript.md");
  conversation.earlier = [...(conversation.earlier ?? []), sha256];
}

/** The brief stays, and what people and checks have said; then notes, then the rest as it was. */
function replaceOlder(
  payer: Payer,
  conversation: Conversation,
  from: number,
  asked: string | undefined,
): void {
  const { messages, known } = conversation;
  const older = messages.slice(1, from);
  const notes = asked ?? digest(older);
  const said = older.flatMap((message) => {
    if (message.role !== "user" || typeof message.content !== "string") return [];
    const { content } = message;
    if (content.startsWith(HEAD)) return asked !== undefined ? [] : [shortened(content)];
    return content.startsWith(NUDGE) ? [] : [shortened(content)];
  });
  const made: ModelMessage[] = [...said, `${HEAD}\n${quoted(notes, "notes")}`].map((content) => ({
    role: "user",
    content,
  }));
  const [brief] = messages;
  const kept = [...(brief === undefined ? [] : [brief]), ...made, ...messages.slice(from)];
  if (known !== undefined) {
    // All that stays was in the prompts before, but for what was just made; or all is counted anew, whichever is less.
    const { bytes } = addedSize(conversation, known.of, 0);
    const promptTokens = known.promptTokens + known.outputTokens + bytes + sizeInBytes(made);
    const fixedBytes = Buffer.byteLength(payer.system) + extraBytes(payer.extras);
    const anew = promptBound(undefined, sizeInBytes(kept) + fixedBytes, kept.length);
    if (anew < promptTokens) delete conversation.known;
    else conversation.known = { ...known, promptTokens, outputTokens: 0, messages: kept.length };
  }
  conversation.messages = kept;
}

const sizeInBytes = (messages: readonly ModelMessage[]) =>
  Buffer.byteLength(JSON.stringify(messages));

const shortened = (text: string) =>
  text.length <= KEPT.message
    ? text
    : `${text.slice(0, KEPT.message / 2)}\n[...]\n${text.slice(-KEPT.message / 2)}`;

/** What was done, call by call, where nobody could be paid to say it better. */
function digest(messages: readonly ModelMessage[]): string {
  const lines = messages.flatMap((message) => {
    if (message.role === "assistant" && typeof message.content !== "string")
      return message.content.flatMap((part) => {
        if (part.type === "text") return [part.text.slice(0, KEPT.result)];
        if (part.type !== "tool-call") return [];
        return [`${part.toolName} ${JSON.stringify(part.input)}`.slice(0, KEPT.call)];
      });
    if (message.role !== "tool") return [];
    return message.content.flatMap((part) =>
      part.type === "tool-result" && part.output.type === "text"
        ? [`  -> ${(part.output.value.split("\n")[0] ?? "").slice(0, KEPT.call)}`]
        : [],
    );
  });
  const text = lines.join("\n");
  return text.length <= KEPT.notes ? text : `[...]\n${text.slice(-KEPT.notes)}`;
}

const HEAD = "Your notes on the work so far; the messages themselves were left out to save room:";
const ASK = `The conversation is about to grow too long, so its older part will be replaced by your notes. Without any tool call, write at most 600 words: what is done, in which files; what was found out and decided; what failed and why; what is left to do, in order.`;
