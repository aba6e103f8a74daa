import { describe, expect, it } from "@jest/globals";
import { transcriptLines } from "../../client/transcript-lines.js";

describe("a transcript", () => {
  it("shows who said what, tools by name", () => {
    const messages = [
      { role: "user", content: "Add a test" },
      {
        role: "assistant",
        content: [
          { type: "text", text: "I look first" },
          { type: "tool-call", toolName: "read", input: { path: "a.js" } },
        ],
      },
      {
        role: "tool",
        content: [
          { type: "tool-result", toolName: "read", output: { type: "text", value: "1\n2" } },
        ],
      },
    ];
    const lines = [
      "[user]",
      "  Add a test",
      "[assistant]",
      "  I look first",
      '  > read {"path":"a.js"}',
      "[tool]",
      "  < read",
      "  1",
      "  2",
    ];
    expect(transcriptLines(JSON.stringify(messages))).toEqual(lines);
    expect(transcriptLines(JSON.stringify({ messages }))).toEqual(lines);
    expect(transcriptLines(messages.map((one) => JSON.stringify(one)).join("\n"))).toEqual(lines);
  });

  it("that is no JSON is shown as it is", () => {
    expect(transcriptLines("$ npm test\nok")).toEqual(["$ npm test", "ok"]);
  });
});
