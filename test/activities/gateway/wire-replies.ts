/** Replies in the four wire forms, as the providers' own documentation shows them: whole, and as events of a stream. */
import type { CallUsage } from "../../../activities/ports.js";
import type { ShapeName } from "../../../activities/adapters/gateway/routes.js";

export interface Reply {
  /** Pieces of the answer, each an event of its own. */
  text: readonly string[];
  /** A call of a tool after the text. */
  tool?: { name: string; input: unknown };
  /** What is billed; left out: the reply does not say. */
  usage?: CallUsage;
  id?: string;
}

export function wholeReply(shape: ShapeName, reply: Reply): string {
  return JSON.stringify(WHOLE[shape](reply));
}

/** Events as they go over the wire, each with its empty line. */
export function replyEvents(shape: ShapeName, reply: Reply): string[] {
  return EVENTS[shape](reply);
}

const id = (reply: Reply) => reply.id ?? "reply-1";
const event = (value: unknown, name?: string) =>
  `${name === undefined ? "" : `event: ${name}\n`}data: ${JSON.stringify(value)}\n\n`;

const chatUsage = (usage: CallUsage) => ({
  prompt_tokens: usage.inputTokens,
  completion_tokens: usage.outputTokens,
  total_tokens: usage.inputTokens + usage.outputTokens,
  prompt_tokens_details: {
    cached_tokens: usage.cacheReadTokens,
    cache_write_tokens: usage.cacheWriteTokens,
  },
  completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
});
const responsesUsage = (usage: CallUsage) => ({
  input_tokens: usage.inputTokens,
  input_tokens_details: { cached_tokens: usage.cacheReadTokens },
  output_tokens: usage.outputTokens,
  output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  total_tokens: usage.inputTokens + usage.outputTokens,
});
const messagesUsage = (usage: CallUsage) => ({
  input_tokens: usage.inputTokens - usage.cacheReadTokens - usage.cacheWriteTokens,
  cache_read_input_tokens: usage.cacheReadTokens,
  cache_creation_input_tokens: usage.cacheWriteTokens,
  output_tokens: usage.outputTokens,
});
const geminiUsage = (usage: CallUsage) => ({
  promptTokenCount: usage.inputTokens,
  cachedContentTokenCount: usage.cacheReadTokens,
  candidatesTokenCount: usage.outputTokens - usage.reasoningTokens,
  thoughtsTokenCount: usage.reasoningTokens,
  totalTokenCount: usage.inputTokens + usage.outputTokens,
});

const chatCall = ({ tool }: Reply) =>
  tool && {
    id: "call-1",
    type: "function",
    function: { name: tool.name, arguments: JSON.stringify(tool.input) },
  };

function responsesOutput(reply: Reply) {
  const output: unknown[] = [
    {
      type: "message",
      id: "msg-1",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text: reply.text.join(""), annotations: [] }],
    },
  ];
  if (reply.tool !== undefined) output.push(functionCall(reply.tool, true));
  return output;
}
const functionCall = (tool: NonNullable<Reply["tool"]>, done: boolean) => ({
  type: "function_call",
  id: "fc-1",
  call_id: "call-1",
  name: tool.name,
  arguments: done ? JSON.stringify(tool.input) : "",
  status: done ? "completed" : "in_progress",
});
const responsesBody = (reply: Reply, output: unknown[]) => ({
  id: id(reply),
  object: "response",
  created_at: 1,
  status: "completed",
  model: "some",
  output,
  ...(reply.usage && { usage: responsesUsage(reply.usage) }),
});

const geminiParts = (reply: Reply) => [
  ...reply.text.map((text) => ({ text })),
  ...(reply.tool ? [{ functionCall: { name: reply.tool.name, args: reply.tool.input } }] : []),
];
const geminiChunk = (reply: Reply, parts: unknown[], last: boolean) => ({
  responseId: id(reply),
  modelVersion: "some",
  candidates: [
    { index: 0, content: { role: "model", parts }, ...(last && { finishReason: "STOP" }) },
  ],
  ...(reply.usage && {
    usageMetadata: geminiUsage(
      last ? reply.usage : { ...reply.usage, outputTokens: 1, reasoningTokens: 0 },
    ),
  }),
});

const WHOLE: Record<ShapeName, (reply: Reply) => unknown> = {
  chat: (reply) => ({
    id: id(reply),
    object: "chat.completion",
    created: 1,
    model: "some",
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: reply.text.join(""),
          ...(reply.tool && { tool_calls: [chatCall(reply)] }),
        },
        finish_reason: reply.tool ? "tool_calls" : "stop",
      },
    ],
    ...(reply.usage && { usage: chatUsage(reply.usage) }),
  }),
  responses: (reply) => responsesBody(reply, responsesOutput(reply)),
  messages: (reply) => ({
    id: id(reply),
    type: "message",
    role: "assistant",
    model: "some",
    content: [
      { type: "text", text: reply.text.join("") },
      ...(reply.tool
        ? [{ type: "tool_use", id: "call-1", name: reply.tool.name, input: reply.tool.input }]
        : []),
    ],
    stop_reason: reply.tool ? "tool_use" : "end_turn",
    stop_sequence: null,
    ...(reply.usage && { usage: messagesUsage(reply.usage) }),
  }),
  gemini: (reply) => geminiChunk(reply, geminiParts(reply), true),
};

const EVENTS: Record<ShapeName, (reply: Reply) => string[]> = {
  chat: (reply) => {
    const chunk = (choices: unknown[], more = {}) =>
      event({
        id: id(reply),
        object: "chat.completion.chunk",
        created: 1,
        model: "some",
        choices,
        ...more,
      });
    return [
      ...reply.text.map((content) => chunk([{ index: 0, delta: { role: "assistant", content } }])),
      ...(reply.tool
        ? [chunk([{ index: 0, delta: { tool_calls: [{ index: 0, ...chatCall(reply) }] } }])]
        : []),
      chunk([{ index: 0, delta: {}, finish_reason: reply.tool ? "tool_calls" : "stop" }]),
      ...(reply.usage ? [chunk([], { usage: chatUsage(reply.usage) })] : []),
      "data: [DONE]\n\n",
    ];
  },
  responses: (reply) => {
    let sequence_number = 0;
    const said = (type: string, more: object) =>
      event({ type, sequence_number: sequence_number++, ...more }, type);
    const item = {
      type: "message",
      id: "msg-1",
      role: "assistant",
      status: "in_progress",
      content: [],
    };
    const [message, call] = responsesOutput(reply);
    return [
      said("response.created", {
        response: { ...responsesBody(reply, []), status: "in_progress", usage: null },
      }),
      said("response.output_item.added", { output_index: 0, item }),
      ...reply.text.map((delta) =>
        said("response.output_text.delta", {
          item_id: "msg-1",
          output_index: 0,
          content_index: 0,
          delta,
        }),
      ),
      said("response.output_item.done", { output_index: 0, item: message }),
      ...(reply.tool
        ? [
            said("response.output_item.added", {
              output_index: 1,
              item: functionCall(reply.tool, false),
            }),
            said("response.function_call_arguments.delta", {
              item_id: "fc-1",
              output_index: 1,
              delta: JSON.stringify(reply.tool.input),
            }),
            said("response.output_item.done", { output_index: 1, item: call }),
          ]
        : []),
      said("response.completed", { response: responsesBody(reply, responsesOutput(reply)) }),
    ];
  },
  messages: (reply) => {
    const { usage, tool } = reply;
    const block = (type: string, more: object) => event({ type, ...more }, type);
    const message = {
      id: id(reply),
      type: "message",
      role: "assistant",
      model: "some",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: usage ? { ...messagesUsage(usage), output_tokens: 1 } : {},
    };
    const text = reply.text.map((piece) =>
      block("content_block_delta", { index: 0, delta: { type: "text_delta", text: piece } }),
    );
    const input = { type: "input_json_delta", partial_json: JSON.stringify(tool?.input) };
    return [
      block("message_start", { message }),
      block("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
      block("ping", {}),
      ...text,
      block("content_block_stop", { index: 0 }),
      ...(tool
        ? [
            block("content_block_start", {
              index: 1,
              content_block: { type: "tool_use", id: "call-1", name: tool.name, input: {} },
            }),
            block("content_block_delta", { index: 1, delta: input }),
            block("content_block_stop", { index: 1 }),
          ]
        : []),
      block("message_delta", {
        delta: { stop_reason: tool ? "tool_use" : "end_turn", stop_sequence: null },
        ...(usage && { usage: { output_tokens: usage.outputTokens } }),
      }),
      block("message_stop", {}),
    ];
  },
  gemini: (reply) => {
    const parts = geminiParts(reply);
    return parts.map((part, at) => event(geminiChunk(reply, [part], at === parts.length - 1)));
  },
};
