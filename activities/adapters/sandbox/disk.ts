/** Notices that the disk runs full under a child, before everything else on it breaks. */
import { statfsSync } from "node:fs";

/** @returns whether less is free now; never where that was so when the child began, which then may mend it. */
export function watchDisk(folder: string, leastBytes: number): () => boolean {
  const isLow = () => {
    try {
      const { bavail, bsize } = statfsSync(folder);
      return bavail * bsize < leastBytes;
    } catch {
      return false; // the folder has gone
    }
  };
  const wasLow = isLow();
  return () => !wasLow && isLow();
}
