/** Named checks that run one after the other; the first that fails ends the run, because the next ones stand on it. */
import { inspect } from "node:util";

export interface Checks {
  check: <T>(sentence: string, body: () => Promise<T>) => Promise<T>;
  /** Progress, for whoever waits. */
  say: (line: string) => void;
  /** Counts what went wrong outside of a check. */
  fail: (error: unknown) => void;
  /** Prints the closing line. @returns the exit code. */
  close: () => number;
}

/** Thrown by a check that failed and was told. */
export class CheckFailed extends Error {}

export function createChecks(): Checks {
  const startedAt = Date.now();
  const print = (line: string) => {
    console.log(`${String(Math.round((Date.now() - startedAt) / 1000)).padStart(4)} s  ${line}`);
  };
  let [passed, failed] = [0, 0];
  const fail = (error: unknown) => {
    failed += 1;
    console.log(inspect(error));
  };
  return {
    fail,
    say: (line) => {
      print(`     ${line}`);
    },
    check: async (sentence, body) => {
      try {
        const value = await body();
        passed += 1;
        print(`ok   ${sentence}`);
        return value;
      } catch (error) {
        print(`FAIL ${sentence}`);
        fail(error);
        throw new CheckFailed(sentence);
      }
    },
    close: () => {
      console.log(`${passed} passed, ${failed} failed`);
      return failed === 0 && passed > 0 ? 0 : 1;
    },
  };
}
