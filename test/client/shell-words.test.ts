import { execFileSync } from "node:child_process";
import { describe, expect, it } from "@jest/globals";
import { gateAnswers } from "../../client/gate-commands.js";
import { shellWord } from "../../client/shell-words.js";

describe("a printed command", () => {
  it("reaches a shell word for word, whatever an answer is called", () => {
    for (const word of [
      "plain",
      "two words",
      "it's",
      "$(id)",
      "`id`",
      "a;b",
      "--flag",
      "",
      "*",
      "é\n",
    ]) {
      const printed = execFileSync("/bin/sh", ["-c", `printf '%s|' ${shellWord(word)}`]);
      expect(printed.toString()).toBe(`${word}|`);
    }
  });

  it("answers each choice of a gate", () => {
    const gate = {
      id: "g 1",
      kind: "budget" as const,
      options: [{ choice: "raise", means: "more" }],
    };
    expect(gateAnswers("m-1", gate)).toEqual([
      { choice: "raise", means: "more", command: "npx missions decide m-1 'g 1' raise" },
    ]);
  });
});
