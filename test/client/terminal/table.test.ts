import { describe, expect, it } from "@jest/globals";
import { table } from "../../../client/terminal/table.js";

const head = ["", "TIER", "MODEL", "HOURS"];
const rows = [
  [">", "simple", "anthropic/claude-haiku-4-5", "2.4 h (42 min to 8.4 h)"],
  ["", "thinking", "anthropic/claude-opus-4-5", "4.5 h (1.3 h to 16 h)"],
];

describe("a table", () => {
  it("stands in columns where they fit, and cuts only the last", () => {
    expect(table(head, rows, { width: 60 })).toEqual([
      "   TIER      MODEL                       HOURS",
      ">  simple    anthropic/claude-haiku-4-5  2.4 h (42 min to 8…",
      "   thinking  anthropic/claude-opus-4-5   4.5 h (1.3 h to 16…",
    ]);
  });

  it("becomes a list where a terminal is too narrow, so that no figure is lost", () => {
    expect(table(head, rows, { width: 40 })).toEqual([
      "> simple",
      "  model anthropic/claude-haiku-4-5",
      "  hours 2.4 h (42 min to 8.4 h)",
      "thinking",
      "  model anthropic/claude-opus-4-5",
      "  hours 4.5 h (1.3 h to 16 h)",
    ]);
  });
});
