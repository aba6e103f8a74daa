/** Process of the demo's model server: `demo-model.js <run folder> <replies.yaml> <journal.jsonl>`. Started by `--demo`. */
import { join } from "node:path";
import { identityOf } from "../config/processes.js";
import { writeWhole } from "../store/files.js";
import { startModelServer } from "./demo-model-server.js";
import { readReplies } from "./demo-replies.js";

/** A model answers after some time; without it the live view would jump. */
const LATENCY_MS = 250;

async function main(runFolder: string, repliesPath: string, journalPath: string): Promise<void> {
  const replies = readReplies(repliesPath);
  const server = await startModelServer({ replies, journalPath, latencyMs: LATENCY_MS });
  const address = { ...identityOf(process.pid), port: server.port };
  await writeWhole(join(runFolder, "demo-model.json"), JSON.stringify(address));
  const end = () => {
    void server.stop().then(() => process.exit(0));
  };
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
}

const [runFolder, repliesPath, journalPath] = process.argv.slice(2);
if (runFolder === undefined || repliesPath === undefined || journalPath === undefined) {
  process.stderr.write("usage: demo-model.js <run folder> <replies.yaml> <journal.jsonl>\n");
  process.exitCode = 2;
} else {
  await main(runFolder, repliesPath, journalPath);
}
