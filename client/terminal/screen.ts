import { cleanText } from "./clean.js";
import { displayWidth } from "./width.js";

/** Draws a frame over the last one; leaves the last frame standing when it ends. */
export interface Screen {
  draw(lines: readonly string[]): void;
  end(): void;
}

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";

/** @param size of the terminal now; a frame never has more rows, or the cursor could not go back up. */
export function createScreen(
  write: (text: string) => void,
  size: () => { columns: number; rows: number },
): Screen {
  let drawn = 0;
  return {
    draw(lines) {
      const { columns, rows } = size();
      const shown: string[] = [];
      let taken = 0;
      for (const line of lines) {
        // A long command wraps and takes more rows than one.
        const needed = Math.max(1, Math.ceil(displayWidth(cleanText(line)) / columns));
        if (taken + needed > rows - 1) break;
        taken += needed;
        shown.push(line);
      }
      const up = drawn === 0 ? HIDE_CURSOR : `\u001b[${drawn}A\r`;
      write(`${up}${shown.map((line) => `${line}\u001b[K\n`).join("")}\u001b[J`);
      drawn = taken;
    },
    end() {
      if (drawn > 0) write(SHOW_CURSOR);
      drawn = 0;
    },
  };
}
