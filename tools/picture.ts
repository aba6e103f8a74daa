/**
 * Records a demo mission and draws the README's picture from it: `npx tsx tools/picture.ts`. With `--draw` the last recording is drawn again.
 * Needs a built `dist/`. Server, worker and files of the demo are in a temporary folder and are gone afterwards.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { format } from "prettier";
import type { MissionSnapshot } from "../domain/mission.js";
import { drawLiveView, type Recording } from "./live-view-picture.js";

const inRepository = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const recordingFile = inRepository("docs/pictures/live-view.json");
const pictureFile = inRepository("docs/pictures/live-view.svg");

if (!process.argv.includes("--draw")) {
  const recording = await record();
  await writeFile(recordingFile, await format(JSON.stringify(recording), { parser: "json" }));
}
const recording = JSON.parse(await readFile(recordingFile, "utf8")) as Recording;
await writeFile(pictureFile, drawLiveView(recording));
console.log(`drew ${pictureFile}`);

async function record(): Promise<Recording> {
  const folder = await mkdtemp(join(tmpdir(), "missions-picture-"));
  const env = {
    MISSIONS_HOME: join(folder, "home"),
    MISSIONS_ENGINE_HOME: join(folder, "engine"),
    MISSIONS_PROJECTS: join(folder, "projects"),
    MISSIONS_TEMPORAL_PORT: String(await freePort()),
  };
  const missions = (...words: string[]) =>
    execa(process.execPath, [inRepository("dist/client/cli.js"), ...words], {
      cwd: folder,
      env,
      stderr: "inherit",
    });
  try {
    const { stdout } = await missions("start", "--demo", "--detach", "--json");
    const { missionId, webUi } = JSON.parse(stdout) as { missionId: string; webUi: string };
    const seen: Recording[] = [];
    for await (const line of missions("watch", missionId, "--json")) {
      const snapshot = withoutNames(JSON.parse(line) as MissionSnapshot);
      seen.push({ recordedAt: new Date().toISOString(), webUi, snapshot });
    }
    const [first, ...others] = seen;
    if (first === undefined) throw new Error("the demo showed nothing");
    return others.reduce(
      (best, next) => (liveliness(next) >= liveliness(best) ? next : best),
      first,
    );
  } finally {
    await missions("down");
    await rm(folder, { recursive: true, force: true });
  }
}

/** More kinds of status at once tell more. */
function liveliness({ snapshot: { features, status } }: Recording): number {
  return new Set(features.map((feature) => feature.status)).size + (status === "active" ? 1 : 0);
}

/** Who ran the script is nobody's business. */
function withoutNames(snapshot: MissionSnapshot): MissionSnapshot {
  return { ...snapshot, story: snapshot.story.map(({ by: _, ...line }) => line) };
}

/** Temporal's own port where it is free, else any. */
async function freePort(): Promise<number> {
  const tryPort = (wanted: number) =>
    new Promise<number | undefined>((resolve) => {
      const server = createServer();
      server.once("error", () => {
        resolve(undefined);
      });
      server.listen(wanted, "127.0.0.1", () => {
        const address = server.address();
        const port = typeof address === "object" ? address?.port : undefined;
        server.close(() => {
          resolve(port);
        });
      });
    });
  const port = (await tryPort(7233)) ?? (await tryPort(0));
  if (port === undefined) throw new Error("no free port");
  return port;
}
