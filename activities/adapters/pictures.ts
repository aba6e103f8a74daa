/** Pictures in a conversation: kept as blobs beside it, and put in only for the call that sends them. */
import type { ModelId } from "../../domain/routing.js";
import type { BlobPort } from "../ports.js";
import type { ModelMessage } from "./models.js";

/**
 * More than any of `SEEING` bills for a picture of at most twice its width, in tokens: Anthropic up to 4,784, the others
 * less than 4,000.
 */
export const PICTURE_TOKENS = 6_000;
/** Providers take up to 5 MB as base64. */
export const PICTURE_BYTES = 3_500_000;
const PREFIX = "blob:";

/** Models known to take pictures in results of tools. `gpt-4o-mini` bills one at tens of thousands of tokens. */
const SEEING: Partial<Record<ModelId["provider"], RegExp>> = {
  anthropic: /^claude-(?!2|instant)/,
  openai: /^(?:gpt-4o(?!-mini)|gpt-4\.1|gpt-5|o3(?!-mini)|o4)/,
  google: /^gemini-/,
};

export const seesPictures = ({ provider, name }: ModelId): boolean =>
  SEEING[provider]?.test(name) === true;

export const picturePart = (sha256: string) => ({
  type: "image-data" as const,
  data: `${PREFIX}${sha256}`,
  mediaType: "image/png",
});

type Output = { type: string; value?: unknown };
type Part = { type: string; data?: unknown };

const partsOf = (output: Output): Part[] =>
  output.type === "content" && Array.isArray(output.value) ? (output.value as Part[]) : [];

const isPicture = ({ type, data }: Part) =>
  type === "image-data" && typeof data === "string" && data.startsWith(PREFIX);

/** Pictures that are still to be sent with these messages. */
export function countPictures(messages: readonly ModelMessage[]): number {
  let count = 0;
  for (const message of messages)
    if (message.role === "tool")
      for (const part of message.content)
        if (part.type === "tool-result") count += partsOf(part.output).filter(isPicture).length;
  return count;
}

/** The same messages as they are sent; a picture that this host does not have is named as missing. */
export async function withPictures(
  messages: ModelMessage[],
  blobs: Pick<BlobPort, "get"> | undefined,
): Promise<ModelMessage[]> {
  if (countPictures(messages) === 0) return messages;
  const sent = structuredClone(messages);
  for (const message of sent) {
    if (message.role !== "tool") continue;
    for (const part of message.content) {
      if (part.type !== "tool-result") continue;
      for (const piece of partsOf(part.output).filter(isPicture)) {
        const sha256 = String(piece.data).slice(PREFIX.length);
        const bytes = await blobs?.get(sha256).catch(() => undefined);
        if (bytes === undefined)
          Object.assign(piece, { type: "text", text: "[the picture is not on this host]" });
        else piece.data = Buffer.from(bytes).toString("base64");
      }
    }
  }
  return sent;
}
