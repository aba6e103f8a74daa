/** Every command as signal and as update, served by one function; what cannot be read is reported, never thrown. */
import { ApplicationFailure, setHandler } from "@temporalio/workflow";
import { readCommand, type ReadCommand } from "../domain/command-guards.js";
import type { CommandReply } from "../domain/commands.js";
import { zoneNamed } from "../domain/deadline-echo.js";
import { COMMAND_NAMES, commandSignal, commandUpdate } from "./messages.js";

/** @param apply must not throw. @param ignored is told why a signal was dropped. */
export function serveCommands(
  apply: (command: ReadCommand) => CommandReply,
  ignored: (why: string) => void,
): void {
  for (const name of COMMAND_NAMES) {
    setHandler(
      commandSignal(name),
      (payload) => {
        const command = readCommand(name, payload);
        if (typeof command === "string") ignored(`ignored a malformed ${name} signal: ${command}`);
        else apply(command);
      },
      { description: `Signal form of the command ${name}` },
    );
    setHandler(
      commandUpdate(name),
      (payload) => {
        const command = readCommand(name, payload);
        return typeof command === "string" ? { applied: false, message: command } : apply(command);
      },
      {
        description: `Update form of the command ${name}`,
        validator: (payload) => {
          const command = readCommand(name, payload);
          const wrong = typeof command === "string" ? command : unknownZone(command);
          if (wrong !== undefined) throw ApplicationFailure.nonRetryable(wrong, "BadCommand");
        },
      },
    );
  }
}

/** Asked by validators only: a replay does not ask them again, and another host may know other zones. */
function unknownZone({ name, payload }: ReadCommand): string | undefined {
  if (name !== "adjustBudget" || payload.deadlineZone === undefined) return undefined;
  if (zoneNamed(payload.deadlineZone) !== undefined) return undefined;
  return 'deadlineZone must be an IANA zone such as "Europe/Berlin"';
}
