import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { createProgram } from "../../client/program/program.js";
import { readCommand } from "../../domain/command-guards.js";
import { COMMAND_NAMES, type CommandName } from "../../domain/commands.js";
import { EXIT } from "../../domain/problem.js";

const text = readFileSync(
  fileURLToPath(new URL("../../docs/operations.md", import.meta.url)),
  "utf8",
);
const rows = text.split("\n").filter((line) => line.startsWith("|"));
interface Known {
  commands: readonly Known[];
  name(): string;
}
const cells = (row: string) => row.split("|").map((cell) => cell.trim());

describe("docs/operations.md", () => {
  it("shows for every command JSON that a mission takes as it is pasted", () => {
    const shown = new Set<CommandName>();
    for (const row of rows) {
      const [, first = "", second = ""] = cells(row);
      const name = COMMAND_NAMES.find((known) => first === `\`${known}\``);
      if (name === undefined) continue;
      shown.add(name);
      const payloads = [...second.matchAll(/`(\{.*?\})`/g)].map(([, json = ""]) => json);
      expect(payloads).not.toEqual([]);
      for (const json of payloads)
        expect(readCommand(name, JSON.parse(json))).toMatchObject({ name });
    }
    expect([...shown].sort()).toEqual([...COMMAND_NAMES].sort());
  });

  it("lists every command that the program has", () => {
    const listed = rows.map((row) => cells(row)[1] ?? "").join("\n");
    const leaves = (command: Known, path: string): string[] =>
      command.commands.length === 0
        ? [path]
        : command.commands.flatMap((each) => leaves(each, `${path} ${each.name()}`));
    const all = leaves(
      createProgram(() => undefined),
      "npx missions",
    );
    expect(all).toContain("npx missions interview answer");
    expect(all.filter((path) => !listed.includes(path))).toEqual([]);
  });

  it("lists every exit code", () => {
    const listed = rows
      .map((row) => Number(cells(row)[1]))
      .filter((code) => Number.isInteger(code));
    expect(listed.filter((code, at) => listed.indexOf(code) === at)).toEqual(
      Object.values(EXIT).sort((a, b) => a - b),
    );
  });
});
