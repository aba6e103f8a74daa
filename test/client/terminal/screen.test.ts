import { describe, expect, it } from "@jest/globals";
import { createScreen } from "../../../client/terminal/screen.js";

const drawnBy = (columns: number, rows: number, frames: string[][]) => {
  const written: string[] = [];
  const screen = createScreen(
    (text) => {
      written.push(text);
    },
    () => ({ columns, rows }),
  );
  for (const frame of frames) screen.draw(frame);
  screen.end();
  return written;
};

describe("the screen", () => {
  it("goes back up by as many rows as it drew and shows the cursor again", () => {
    const written = drawnBy(80, 24, [["a", "b", "c"], ["d"]]);
    expect(written[1]?.startsWith("\u001b[3A\r")).toBe(true);
    expect(written.at(-1)).toBe("\u001b[?25h");
  });

  it("counts a line that wraps as the rows it takes", () => {
    const written = drawnBy(10, 24, [["x".repeat(25), "b"], ["c"]]);
    expect(written[1]?.startsWith("\u001b[4A\r")).toBe(true);
  });

  it("never draws more rows than fit", () => {
    const many = Array.from({ length: 100 }, (_, at) => String(at));
    const [first = ""] = drawnBy(80, 10, [many]);
    expect(first.split("\n").length - 1).toBe(9);
  });
});
