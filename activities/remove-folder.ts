/** Removes a folder that strangers worked in. */
import { chmod, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Removes it whole, also where its folders were made unwritable. Contract: a missing folder is fine. */
export async function removeFolder(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    await openUp(path);
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function openUp(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await openUp(join(folder, entry.name));
}
