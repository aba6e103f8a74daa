/** Makes one canned reply in OpenAI's wire format, with a usage that follows from the bytes that went over the wire. */
import type { CannedTurn } from "./demo-replies.js";

export interface ChatRequest {
  model?: string;
  messages?: { role: string; content?: unknown }[];
  tools?: unknown;
  max_tokens?: number;
  max_completion_tokens?: number;
}

interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
}

/** A rule of thumb for English and code; a real tokenizer is not worth its size here. */
const BYTES_PER_TOKEN = 4;
const tokensOf = (value: unknown) =>
  Math.ceil(Buffer.byteLength(JSON.stringify(value)) / BYTES_PER_TOKEN);

/**
 * The feature that a brief is about: its first line says `Feature <id>: <title>`. A review has a key of its own, as
 * `1.1 review 2`, and so has the judging of a milestone, as `1 judge 2`.
 */
export function findFeature({ messages = [] }: ChatRequest): string {
  const first = messages.find(({ role }) => role === "user")?.content;
  const text = typeof first === "string" ? first : JSON.stringify(first ?? "");
  const review = /Review (\d+) of feature ([A-Za-z0-9][A-Za-z0-9._-]*):/.exec(text);
  if (review !== null) return `${review[2] ?? ""}${REVIEW}${review[1] ?? ""}`;
  const judge = /Judge (\d+) of milestone ([A-Za-z0-9][A-Za-z0-9._-]*):/.exec(text);
  if (judge !== null) return `${judge[2] ?? ""}${JUDGE}${judge[1] ?? ""}`;
  return /Feature ([A-Za-z0-9][A-Za-z0-9._-]*): /.exec(text)?.[1] ?? "";
}

const REVIEW = " review ";
const JUDGE = " judge ";

export function cannedReply(
  request: ChatRequest,
  options: {
    feature: string;
    turns: readonly CannedTurn[];
    askForever: boolean;
    requestId: string;
  },
) {
  const { messages = [], tools = [] } = request;
  const turn = messages.filter(({ role }) => role === "assistant").length;
  const usual = usualTurn(options.feature);
  // Who only looks has no tools to ask for.
  const canned =
    options.askForever && usual === NOTHING_MORE ? oneMore(turn) : (options.turns[turn] ?? usual);
  const message = messageOf(canned, `${options.feature}-${turn}`);
  const wholeTokens = tokensOf(message);
  const limit = request.max_completion_tokens ?? request.max_tokens ?? wholeTokens;
  const isCut = wholeTokens > limit;
  const prompt_tokens = tokensOf({ messages, tools });
  const completion_tokens = Math.min(wholeTokens, limit);
  const usage: Usage = {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
  };
  const stopped = "tool_calls" in message ? "tool_calls" : "stop";
  const bodyWithoutUsage = {
    id: options.requestId,
    object: "chat.completion",
    created: Math.floor(Date.now() / 1_000),
    model: request.model ?? "canned",
    choices: [
      {
        index: 0,
        message: isCut ? { role: "assistant", content: "[cut]" } : message,
        finish_reason: isCut ? "length" : stopped,
      },
    ],
  };
  return { turn, usage, bodyWithoutUsage, body: { ...bodyWithoutUsage, usage } };
}

const NOTHING_MORE: CannedTurn = { say: "There is nothing more to do in this canned reply." };
function usualTurn(key: string): CannedTurn {
  if (key.includes(REVIEW)) return NOTHING_FOUND;
  return key.includes(JUDGE) ? NOTHING_TO_ADD : NOTHING_MORE;
}
/** What the demo's reviewer says of everything that has no reply of its own. */
const NOTHING_FOUND: CannedTurn = {
  say: JSON.stringify({
    findings: [],
    summary: "This canned review has no findings.",
    verdict: "approve",
  }),
};
/** What the demo's judge says of every milestone that has no reply of its own. */
const NOTHING_TO_ADD: CannedTurn = {
  say: JSON.stringify({ findings: [], summary: "This canned judge has nothing to add." }),
};
/** Changes something each time: an agent that only looked would be stopped for that. */
const oneMore = (turn: number): CannedTurn => ({
  say: "One more change.",
  calls: [{ tool: "write", input: { path: "more.txt", content: `${turn}\n` } }],
});

function messageOf(turn: CannedTurn, id: string) {
  const said = { role: "assistant", content: turn.say ?? null };
  if (!("calls" in turn)) return said;
  return {
    ...said,
    tool_calls: turn.calls.map(({ tool, input }, index) => ({
      id: `call-${id}-${index}`,
      type: "function",
      function: { name: tool, arguments: JSON.stringify(input) },
    })),
  };
}
