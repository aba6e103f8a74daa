#!/usr/bin/env node
/** The worker process: environment -> adapters -> activities -> two Temporal workers (the shared queue and this host's own). */
import { availableParallelism } from "node:os";
import { readEnvironment } from "../config/env.js";
import { runWorker } from "./run-worker.js";

const environment = readEnvironment();
try {
  await runWorker(environment, { agentSlots: Math.max(20, availableParallelism() * 4) });
} catch (error) {
  const { Problem } = await import("../domain/problem.js");
  if (!(error instanceof Problem)) throw error;
  process.stderr.write(`${error.message}\n${error.remedy}\n`);
  process.exitCode = error.exitCode;
}
