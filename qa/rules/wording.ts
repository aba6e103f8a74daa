/** How reports show what pages say: cut, in one line, without marks that people cannot see. */
import { cleanLine } from "../../domain/clean-text.js";

const MOST = 160;

export const shown = (text: string): string => {
  const line = cleanLine(text, MOST + 1);
  return line.length <= MOST ? line : `${line.slice(0, MOST)}…`;
};

export const quoted = (text: string): string => JSON.stringify(shown(text));
