/** Questions of the plan gate, all through the same streams. */
import type { AgentName } from "../../domain/mission.js";
import { askText, choose, confirm, type Choice, type Streams } from "../terminal/ask.js";
import { cleanLine } from "../terminal/clean.js";

export interface Asking {
  /** Who may do a feature; default: our own. */
  agents?: readonly AgentName[];
  choose<Value extends string>(message: string, options: Choice<Value>[]): Promise<Value>;
  confirm(message: string): Promise<boolean>;
  /** One line; not empty unless `optional`. */
  text(message: string, options?: TextOptions): Promise<string>;
}

export interface TextOptions {
  placeholder?: string;
  /** May be changed by the person. */
  initial?: string;
  optional?: boolean;
}

export function createAsking(streams?: Streams, agents?: readonly AgentName[]): Asking {
  return {
    ...(agents === undefined ? {} : { agents }),
    choose: (message, options) => choose(cleanLine(message), options.map(clean), streams),
    confirm: (message) => confirm(cleanLine(message), false, streams),
    text: async (message, { placeholder = "", initial, optional = false } = {}) => {
      const flaw = (answer: string) =>
        optional || answer.trim() !== "" ? undefined : "Write something, or press Ctrl-C to stop.";
      const answer = await askText(cleanLine(message), placeholder, { initial, flaw, streams });
      return answer.trim();
    },
  };
}

/** Titles are of models and people: they are shown, and move no cursor. */
const clean = <Value extends string>({ value, label, hint }: Choice<Value>): Choice<Value> => ({
  value,
  label: cleanLine(label),
  ...(hint === undefined ? {} : { hint: cleanLine(hint) }),
});

/** Parts of a line, as people separate them. */
export const partsOf = (line: string, separator: RegExp = /[,\s]+/): string[] =>
  line
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== "");
