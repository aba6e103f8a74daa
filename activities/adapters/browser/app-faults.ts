/** Why an app could not be looked at: one sentence for each, with what mends it. */
import type { CommandResult } from "../../ports.js";

const TAIL = 300;
/** A line that waits for its answer: a question, or what a prompt ends with. */
const PROMPT = /(?:\?|\[y\/n\]|\(y\/n\)|\(yes\/no\)|[:>])\s*$/i;

/** The end of what it said, on one line. */
function tailOf(output: string): string {
  const tail = output.trim().replaceAll(/\s+/g, " ").slice(-TAIL);
  return tail === "" ? " It said nothing." : ` It said last: ${tail}`;
}

const asks = (output: string) => PROMPT.test(output.trimEnd().split("\n").at(-1) ?? "");
const ASKS =
  "The app asks for input, and there is nobody to answer: start it with the flag or variable that answers beforehand (app.run, app.env).";

const short = (command: string) => `\`${command.replaceAll(/\s+/g, " ").slice(0, 120)}\``;

export function prepareFailed(command: string, result: CommandResult): string {
  const { exitCode, output, refusals = [] } = result;
  const said = tailOf([output, ...refusals].join("\n"));
  if (result.timedOut)
    return `${short(command)} of app.prepare did not end in time: make it faster, or leave it out.${said}`;
  if (exitCode === 127)
    return `${short(command)} of app.prepare is not there (exit 127): install it, or correct app.prepare.${said}`;
  return `${short(command)} of app.prepare ended with ${exitOf(exitCode)}: mend it before the app can start.${said}`;
}

const exitOf = (exitCode: number | null) => (exitCode === null ? "a signal" : `exit ${exitCode}`);

export function endedByItself(run: string, exitCode: number | null, output: string): string {
  const said = tailOf(output);
  if (exitCode === 127)
    return `The command of the app ${short(run)} is not there (exit 127): correct app.run, or install it in app.prepare.${said}`;
  if (asks(output)) return `${ASKS}${said}`;
  if (exitCode === 0)
    return `The app ${short(run)} ended by itself with exit 0: app.run must stay in the foreground while the app runs.${said}`;
  return `The app ${short(run)} ended by itself with ${exitOf(exitCode)} before it answered: mend that first.${said}`;
}

export function neverAnswers(port: number, seconds: number, output: string): string {
  if (asks(output)) return `${ASKS}${tailOf(output)}`;
  return `The app did not answer on port ${port} within ${seconds} s: let it listen on $PORT of localhost, or raise app.readySeconds.${tailOf(output)}`;
}

export const otherPort = (others: readonly number[], port: number): string =>
  `The app listens on ${others.join(" and ")}, not on $PORT (${port}): set app.port to ${others[0] ?? "it"}, or let the app read PORT.`;

export const portTaken = (port: number): string =>
  `Port ${port} is taken by another program of this machine: stop that one, or leave app.port out.`;

export const redirectsForEver = (paths: readonly string[]): string =>
  `The app redirects for ever (${paths.slice(0, 4).join(" -> ")} ...): mend the redirect, or set app.ready to a path that answers.`;

export const errorStatus = (status: number, path: string, seconds: number, output: string) =>
  `The app answered ${path} with status ${status} and nothing better within ${seconds} s: mend that, or set app.ready to a path that answers.${tailOf(output)}`;

export const notHttp = (port: number, output: string): string =>
  `What listens on port ${port} does not speak HTTP: let the app serve plain http there, without TLS.${tailOf(output)}`;

export const socketReplaced = (): string =>
  "The app put a file of its own where its socket is made: nothing of it can be looked at until it leaves the folders of the temporary directory alone.";
