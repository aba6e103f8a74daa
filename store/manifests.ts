/** The texts of a repository's manifests, as far as they are plain files at its top. */
import { lstat, open } from "node:fs/promises";
import { join } from "node:path";
import { MANIFESTS, type Manifests } from "../domain/interview/repository-facts.js";

const MANIFEST_BYTES = 256_000;

/** Never throws: what cannot be read is not there. */
export async function readManifests(root: string): Promise<Manifests> {
  const texts: Manifests = {};
  await Promise.all(
    MANIFESTS.map(async (name) => {
      const text = await readRegular(join(root, name));
      if (text !== undefined) texts[name] = text;
    }),
  );
  return texts;
}

/** Links, pipes and folders are no manifests; of a long one the beginning will do. */
async function readRegular(path: string): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile() !== true) return undefined;
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(MANIFEST_BYTES),
      0,
      MANIFEST_BYTES,
      0,
    );
    return buffer.toString("utf8", 0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
