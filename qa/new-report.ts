/** A report in the making: beside the one that is there, in whose place it comes only when it is whole. */
import { mkdir, mkdtemp, readFile, readdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeWhole } from "../store/files.js";
import { isAsset, writing } from "./assets.js";

export interface NewReport {
  /** Empty, and on the same disk as the report. */
  folder: string;
  /** Puts what lies there, and these files, in the place of an earlier report; other files there stay. */
  publish(files: Readonly<Record<string, string>>): Promise<void>;
  /** Whether a report of a look that did run lies there. */
  hasEarlier(): Promise<boolean>;
  /** Leaves nothing that was not published, nor folders that were made for it. Contract: never throws. */
  drop(): Promise<void>;
}

/** @throws Problem (environment) where the folder cannot be written. */
export async function openNewReport(out: string): Promise<NewReport> {
  const { made, folder } = await writing(out, async () => ({
    made: await mkdir(out, { recursive: true }),
    folder: await mkdtemp(join(out, ".look-")),
  }));
  let isPublished = false;
  return {
    folder,
    hasEarlier: async () => {
      const text = await readFile(join(out, "qa-report.json"), "utf8").catch(() => "");
      return /"verdict": "(passed|failed)"/.test(text);
    },
    publish: (files) =>
      writing(out, async () => {
        const [from, to] = [join(folder, "assets"), join(out, "assets")];
        await mkdir(to, { recursive: true });
        const old = (await readdir(to)).filter(isAsset);
        await Promise.all(old.map((name) => rm(join(to, name), { force: true })));
        for (const name of await namesIn(from)) await rename(join(from, name), join(to, name));
        for (const [name, text] of Object.entries(files)) await writeWhole(join(out, name), text);
        isPublished = true;
      }),
    async drop() {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
      if (isPublished || made === undefined) return;
      // Only empty ones go: somebody else may have put something there meanwhile.
      for (let at = out; at.startsWith(made); at = dirname(at))
        if (
          !(await rmdir(at).then(
            () => true,
            () => false,
          ))
        )
          return;
    },
  };
}

const namesIn = (folder: string) => readdir(folder).catch(() => []);
