/**
 * Process of the demo's model server, started in the background by `--demo`. Says where it is in `run/demo-model.json`, and keeps
 * what a provider's bill would say in `run/demo-model-calls.jsonl`. One argument, another file of replies, is for trying them out.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readEnvironment } from "../config/env.js";
import { packageRoot } from "../config/package-root.js";
import { identityOf } from "../config/processes.js";
import { enginePaths } from "../store/engine-paths.js";
import { writeWhole } from "../store/files.js";
import { startModelServer } from "./demo-model-server.js";
import { readReplies } from "./demo-replies.js";

/** A model answers after some time; without it the live view would jump. */
const LATENCY_MS = 250;

const { run } = enginePaths(readEnvironment().engineHome);
const example = join(packageRoot(), "examples", "web-service", "replies.yaml");
mkdirSync(run, { recursive: true });
const server = await startModelServer({
  replies: readReplies(process.argv[2] ?? example),
  journalPath: join(run, "demo-model-calls.jsonl"),
  latencyMs: LATENCY_MS,
});
const end = () => {
  void server.stop().then(() => process.exit(0));
};
process.once("SIGTERM", end);
process.once("SIGINT", end);
await writeWhole(
  join(run, "demo-model.json"),
  JSON.stringify({ ...identityOf(process.pid), port: server.port }),
);
