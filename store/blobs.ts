/** Content-addressed files: plans, transcripts, evidence. The same content is stored once; a blob never changes. */
import { createHash } from "node:crypto";
import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { BlobRef } from "../domain/mission.js";
import { writeWhole } from "./files.js";

const pathOf = (root: string, sha256: string) => join(root, sha256.slice(0, 2), sha256);

/** Stores the content unless it is there already. */
export async function putBlob(
  root: string,
  content: string | Uint8Array,
  name: string,
): Promise<BlobRef> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const path = pathOf(root, sha256);
  const there = await stat(path).catch(() => undefined);
  if (there?.size !== bytes.byteLength) await writeWhole(path, bytes);
  return { sha256, bytes: bytes.byteLength, name };
}

/** @throws ENOENT when the blob is not in this store. */
export async function getBlob(root: string, sha256: string): Promise<Buffer> {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error(`not a blob id: ${sha256.slice(0, 80)}`);
  return readFile(pathOf(root, sha256));
}

/** Takes back a blob that nothing points at, after a start that failed. */
export async function removeBlob(root: string, sha256: string): Promise<void> {
  await rm(pathOf(root, sha256), { force: true });
}
