/** What an option was given is refused with the option's name before it. */
import { Problem } from "../domain/problem.js";

/** @throws Problem of `read`, which names the option. */
export function namingOption<T>(option: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(error.exitCode, `${option}: ${error.message}`, error.remedy, error);
  }
}
