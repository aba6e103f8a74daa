/** Tells the person that a mission waits for them: runs their own command, at most once for each thing to say. */
import { createHash } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { ApplicationFailure, cancellationSignal, log } from "@temporalio/activity";
import { cleanText } from "../domain/clean-text.js";
import { FAILURE } from "../domain/failures.js";
import { PART_ID } from "../domain/ids.js";
import type { AnnounceInput } from "../domain/work.js";
import type { EnginePaths } from "../store/engine-paths.js";
import { systemCode } from "../store/files.js";
import type { CommandPort, HostClock } from "./ports.js";

export interface AnnounceDependencies {
  paths: EnginePaths;
  clock: HostClock;
  commands: CommandPort;
  /** MISSIONS_ON_GATE: a shell command of the person; it gets the announcement in its environment. */
  onGateCommand?: string | undefined;
}

const LIMIT_MS = 30_000;
const OUTPUT_BYTES = 2_000;
const TEXT_LENGTH = 4_000;

export function createAnnounceActivities(deps: AnnounceDependencies) {
  return {
    /**
     * A second run with a key already seen does nothing, even where the first was cut off: at most once.
     * A command that fails is logged and never fails the mission. @throws ApplicationFailure StoreFull, retried, before the command ran.
     */
    async announce(input: AnnounceInput): Promise<void> {
      const isNew = await mark(deps, input);
      if (!isNew || deps.onGateCommand === undefined) return;
      try {
        const { exitCode, timedOut, output } = await deps.commands.run({
          command: deps.onGateCommand,
          cwd: homedir(),
          timeoutMs: LIMIT_MS,
          outputLimitBytes: OUTPUT_BYTES,
          signal: cancellationSignal(),
          env: environment(input),
        });
        if (exitCode !== 0) {
          log.warn("onGateCommandFailed", { ...told(input), exitCode, timedOut, output });
        }
      } catch (error) {
        log.warn("onGateCommandFailed", { ...told(input), error: String(error) });
      }
    },
  };
}

const told = ({ missionId, key }: AnnounceInput) => ({ missionId, announcement: key });

/** The command is the person's own, so it finds their home; the question may come from a model, so it comes as data only. */
function environment({ missionId, title, question, command }: AnnounceInput) {
  return {
    HOME: homedir(),
    MISSIONS_GATE_MISSION: missionId,
    MISSIONS_GATE_TITLE: cleanText(title, TEXT_LENGTH),
    MISSIONS_GATE_QUESTION: cleanText(question, TEXT_LENGTH),
    MISSIONS_GATE_COMMAND: cleanText(command, TEXT_LENGTH),
  };
}

/** @returns false when this was announced before. */
async function mark({ paths, clock }: AnnounceDependencies, input: AnnounceInput) {
  if (!PART_ID.test(input.missionId)) {
    throw ApplicationFailure.nonRetryable("Not the id of a mission.", FAILURE.missingRecord);
  }
  const folder = join(paths.state, "announced", input.missionId);
  const path = join(folder, createHash("sha256").update(input.key).digest("hex"));
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(path, "wx");
    try {
      await file.writeFile(`${new Date(clock.now()).toISOString()} ${JSON.stringify(input.key)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === "EEXIST") return false;
    if (code === "ENOSPC" || code === "EDQUOT") {
      throw ApplicationFailure.retryable("The disk is full.", FAILURE.storeFull);
    }
    throw error;
  }
}
