/** Parts of messages in all forms: texts, and pictures that stand in the request. What is only pointed at has no known size. */
import { notPassedOn } from "./fields.js";
import { isObject } from "./json.js";
import { shortenCache } from "./marks.js";
import { refuse } from "./refusal.js";

/** Pictures found: how many, and the bytes that they take up in the request. */
export interface Pictures {
  count: number;
  bytes: number;
}

/** Sounds, films, documents and files: their tokens cannot be told from their bytes, or lie elsewhere. */
const UNSIZED = [
  "file",
  "file_id",
  "file_url",
  "file_data",
  "fileData",
  "input_audio",
  "audio",
  "audio_url",
  "video",
  "video_url",
  "videoMetadata",
  "video_metadata",
];
const NESTED = ["content", "output", "parts"];

/**
 * Looks at a message and the parts in it, and makes marks for the provider's cache short: a long one has another price.
 * @throws Refusal naming a part whose size cannot be told.
 */
export function lookAt(part: unknown, pictures: Pictures): void {
  if (Array.isArray(part)) {
    for (const each of part as unknown[]) lookAt(each, pictures);
    return;
  }
  if (!isObject(part)) return;
  shortenCache(part);
  if (part["type"] === "item_reference") refuse(notPassedOn("item_reference"));
  for (const name of UNSIZED) {
    if (part[name] !== undefined && part[name] !== null) refuse(notPassedOn(name));
  }
  if (part["image_url"] !== undefined) pictureAt(part["image_url"], pictures);
  for (const name of ["inlineData", "inline_data"]) inline(part[name], pictures);
  if (part["source"] !== undefined) source(part["source"], pictures);
  for (const name of NESTED) lookAt(part[name], pictures);
  for (const name of ["functionResponse", "function_response"]) {
    const answer = part[name];
    if (isObject(answer)) lookAt(answer["parts"], pictures);
  }
}

function pictureAt(value: unknown, pictures: Pictures): void {
  const address = isObject(value) ? value["url"] : value;
  if (typeof address !== "string" || !address.startsWith("data:image/")) {
    refuse(notPassedOn("image_url without the picture itself"));
    return;
  }
  add(address, pictures);
}

function inline(value: unknown, pictures: Pictures): void {
  if (!isObject(value)) return;
  const kind = value["mimeType"] ?? value["mime_type"];
  if (typeof kind !== "string" || !kind.startsWith("image/")) {
    refuse(notPassedOn(`inlineData of ${String(kind)}`));
  }
  add(value["data"], pictures);
}

function source(value: unknown, pictures: Pictures): void {
  const given = isObject(value) ? value : {};
  const kind = given["media_type"];
  switch (given["type"]) {
    case "text":
      return;
    case "content":
      lookAt(given["content"], pictures);
      return;
    case "base64":
      if (typeof kind === "string" && kind.startsWith("image/")) {
        add(given["data"], pictures);
        return;
      }
  }
  refuse(notPassedOn(`source of ${String(kind ?? given["type"])}`));
}

function add(content: unknown, pictures: Pictures): void {
  pictures.count += 1;
  if (typeof content === "string") pictures.bytes += content.length;
}
