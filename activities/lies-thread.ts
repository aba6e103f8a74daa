/** A thread that compares one large change: given in `workerData`, answered by one message. */
import { parentPort, workerData } from "node:worker_threads";
import type { Change } from "../domain/lies/changed-file.js";
import { liesOf } from "../domain/lies/lies.js";

const { change, rewrites } = workerData as { change: Change; rewrites: readonly string[] };
parentPort?.postMessage(liesOf(change, rewrites));
