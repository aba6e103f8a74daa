/** Content-addressed files: plans, transcripts, evidence, bundles. The same content is stored once; a blob never changes. */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
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

/** Like `putBlob`, for a file of any size. */
export async function putBlobFile(root: string, from: string, name: string): Promise<BlobRef> {
  const [sha256, { size }] = await Promise.all([hashFile(from), stat(from)]);
  const path = pathOf(root, sha256);
  const there = await stat(path).catch(() => undefined);
  if (there?.size !== size) await copyWhole(from, path);
  return { sha256, bytes: size, name };
}

/** @throws ENOENT when the blob is not in this store. */
export async function getBlob(root: string, sha256: string): Promise<Buffer> {
  requireId(sha256);
  return readFile(pathOf(root, sha256));
}

/** Path of a blob, to be read only. @throws ENOENT when it is not in this store, and an error when its content is not its own. */
export async function getBlobFile(root: string, sha256: string): Promise<string> {
  requireId(sha256);
  const path = pathOf(root, sha256);
  if ((await hashFile(path)) !== sha256) throw new Error(`the blob ${sha256} is damaged`);
  return path;
}

/** Takes back a blob that nothing points at, after a start that failed. */
export async function removeBlob(root: string, sha256: string): Promise<void> {
  await rm(pathOf(root, sha256), { force: true });
}

function requireId(sha256: string): void {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error(`not a blob id: ${sha256.slice(0, 80)}`);
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

async function copyWhole(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const temporary = `${to}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await copyFile(from, temporary);
    const file = await open(temporary, "r+");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, to);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
