/** The canned replies of a demo: per feature a list of turns, read from YAML (`replies.yaml`). */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { EXIT, Problem } from "../domain/problem.js";

/** One answer: tool calls, or words that end the work. */
export type CannedTurn =
  { say?: string; calls: { tool: string; input: Record<string, unknown> }[] } | { say: string };

/** Turns by feature id. */
export type CannedReplies = Readonly<Record<string, readonly CannedTurn[]>>;

/**
 * ```yaml
 * "1.1":
 *   - calls: [{tool: write, input: {path: a.txt, content: hello}}]
 *   - say: It is written.
 * ```
 * @throws Problem naming the turn that has another form.
 */
export function readReplies(path: string): CannedReplies {
  const content: unknown = parse(readFileSync(path, "utf8"));
  if (!isRecord(content)) throw unusable(path, "it is not a map of features");
  for (const [feature, turns] of Object.entries(content)) {
    if (!Array.isArray(turns)) throw unusable(path, `${feature} is not a list of turns`);
    const wrong = turns.findIndex((turn) => !isTurn(turn));
    if (wrong >= 0)
      throw unusable(path, `turn ${wrong + 1} of ${feature} has neither calls nor words`);
  }
  return content as CannedReplies;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function isTurn(turn: unknown): boolean {
  if (!isRecord(turn)) return false;
  const { say, calls } = turn;
  if (calls === undefined) return typeof say === "string";
  return (
    Array.isArray(calls) &&
    calls.every(
      (call) => isRecord(call) && typeof call["tool"] === "string" && isRecord(call["input"]),
    )
  );
}

const unusable = (path: string, why: string) =>
  new Problem(
    EXIT.badInput,
    `${path} cannot be used: ${why}.`,
    "Compare it with examples/web-service/replies.yaml.",
  );
