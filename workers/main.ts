#!/usr/bin/env node
/** The worker process: environment -> adapters -> activities -> three Temporal workers (the shared queue, this host's own, and the one that takes features onto it). */
import { availableParallelism } from "node:os";
import { readEnvironment } from "../config/env.js";
import { runWorker } from "./run-worker.js";

const environment = readEnvironment();
try {
  const agentSlots = environment.slots ?? Math.max(20, availableParallelism() * 4);
  await runWorker(environment, { agentSlots });
} catch (error) {
  const { Problem } = await import("../domain/problem.js");
  if (!(error instanceof Problem)) throw error;
  process.stderr.write(`${error.message}\n${error.remedy}\n`);
  process.exitCode = error.exitCode;
}
