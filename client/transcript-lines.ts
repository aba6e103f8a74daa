/** A stored transcript as text: messages of the model library where it is JSON, as it is where not. Pure. */

export function transcriptLines(stored: string): string[] {
  const messages = messagesOf(stored);
  if (messages === undefined) return stored.split("\n");
  return messages.flatMap((message) => {
    const role = field(message, "role");
    return [
      `[${typeof role === "string" ? role : "entry"}]`,
      ...contentLines(field(message, "content") ?? message),
    ];
  });
}

/** An array, an object that holds one, or JSON lines. */
function messagesOf(stored: string): unknown[] | undefined {
  const whole = parse(stored);
  if (Array.isArray(whole)) return whole as unknown[];
  const held = field(whole, "messages");
  if (Array.isArray(held)) return held as unknown[];
  const lines = stored.split("\n").filter((line) => line.trim() !== "");
  const parsed = lines.map(parse);
  const areEntries = parsed.every((entry) => typeof entry === "object" && entry !== null);
  return lines.length > 0 && areEntries ? parsed : undefined;
}

function contentLines(content: unknown): string[] {
  if (typeof content === "string") return content.split("\n").map((line) => `  ${line}`);
  if (!Array.isArray(content)) return [`  ${JSON.stringify(content)}`];
  return content.flatMap((part: unknown) => {
    const text = field(part, "text");
    if (typeof text === "string") return contentLines(text);
    const tool = field(part, "toolName");
    if (typeof tool !== "string") return [`  ${JSON.stringify(part)}`];
    const output = field(part, "output") ?? field(part, "result");
    return output === undefined
      ? [`  > ${tool} ${JSON.stringify(field(part, "input") ?? field(part, "args"))}`]
      : [`  < ${tool}`, ...contentLines(field(output, "value") ?? output)];
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
