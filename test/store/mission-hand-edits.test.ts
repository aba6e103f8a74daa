import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { projectMissionFile } from "../../store/mission-file.js";
import {
  aBusyInput,
  aFeature,
  aLine,
  aMissionFile,
  anInput,
  missionId,
  someTotals,
} from "./mission-builders.js";

const made = aMissionFile();
const busy = projectMissionFile(made.text, aBusyInput(), made.projected);

/** Projects over the file as a person left it. */
const project = (text: string, input = aBusyInput()) =>
  projectMissionFile(text, input, made.projected);

describe("a person's edit of a value that we own", () => {
  const cases: [string, (text: string) => string, string, string, string][] = [
    [
      "a cap",
      (text) => text.replace("money_usd: 20", "money_usd: 50"),
      "budget.money_usd",
      "50",
      `npx missions adjust-budget ${missionId} --usd 50`,
    ],
    [
      "a time",
      (text) => text.replace("time_hours: 2.5", 'time_hours: "4"'),
      "budget.time_hours",
      "4",
      `npx missions adjust-budget ${missionId} --hours 4`,
    ],
    [
      "tokens",
      (text) => text.replace("token_limit: 1000000", "token_limit: 2_000"),
      "budget.token_limit",
      "2_000",
      `npx missions adjust-budget ${missionId} --tokens 2000`,
    ],
    [
      "a threshold",
      (text) => text.replace("pct: 80", "pct: 90 # later"),
      "budget.alert_threshold_pct",
      "90",
      `npx missions adjust-budget ${missionId} --alert-at 90`,
    ],
    [
      "the status",
      (text) => text.replace("status: planning", "status: paused"),
      "status",
      "paused",
      `npx missions pause ${missionId}`,
    ],
    [
      "a feature",
      (text) =>
        text.replace("| Feature 1.2 | code | pending |", "| Feature 1.2 | code | skipped |"),
      "feature 1.2 status",
      "skipped",
      `npx missions skip ${missionId} 1.2`,
    ],
    [
      "a milestone",
      (text) => text.replace("Ground — pending", "Ground — done"),
      "milestone 1 status",
      "done",
      `npx missions status ${missionId}`,
    ],
    [
      "a command",
      (text) => text.replace("money_usd: 20", "money_usd: 5; rm -rf /"),
      "budget.money_usd",
      "5; rm -rf /",
      `npx missions status ${missionId}`,
    ],
    [
      "the plan",
      (text) => text.replace("version: 1", "version: 2"),
      "plan",
      "(edited)",
      `npx missions status ${missionId}`,
    ],
  ];
  it.each(cases)(
    "%s stays as it is and is answered with a command",
    (_, edit, field, found, command) => {
      const edited = edit(made.text);
      expect(edited).not.toBe(made.text);
      const { text, handEdits } = project(edited);
      expect(handEdits).toEqual([{ field, found, command }]);
      expect(text).toBe(edit(busy.text) === busy.text ? text : edit(busy.text));
      expect(text).toContain(found.startsWith("(") ? "version: 2" : found);
    },
  );

  it("is settled when the command did what it asks", () => {
    const edited = made.text.replace("money_usd: 20", "money_usd: 50");
    const asked = project(edited, anInput());
    const caps = { ...someTotals().caps, microUsd: 50_000_000 };
    const settled = projectMissionFile(
      asked.text,
      anInput({ budget: someTotals({ caps }) }),
      asked.projected,
    );
    expect(settled.handEdits).toEqual([]);
    expect(settled.projected["budget.money_usd"]).toBe("50");
  });

  it("is settled when the person takes it back", () => {
    const asked = project(made.text.replace("money_usd: 20", "money_usd: 50"), anInput());
    const back = asked.text.replace("money_usd: 50", "money_usd: 20");
    const caps = { ...someTotals().caps, microUsd: 30_000_000 };
    const input = anInput({ budget: someTotals({ caps }) });
    const settled = projectMissionFile(back, input, asked.projected);
    expect(settled.handEdits).toEqual([]);
    expect(settled.text).toContain("money_usd: 30");
  });
});

describe("what a person deleted is not put back, but said", () => {
  const without = (from: RegExp) => made.text.replace(from, "");
  it.each([
    ["the frontmatter", without(/^---\n[^]*?\n---\n/), "frontmatter"],
    ["a milestone's table", without(/\| # \|[^]*?\n\n/), "feature 1.1"],
    ["a milestone", without(/### Milestone 1[^]*?(?=### Milestone 2)/), "milestone 1"],
    ["all milestones", without(/## Milestones[^]*?(?=## Resources)/), "milestone 2"],
    ["a row", without(/\| 1\.2 .*\n/), "feature 1.2"],
    ["the budget", without(/## Budget[^]*?(?=## Decisions)/), "budget table"],
    ["Progress", without(/## Progress[^]*?(?=## Recovery)/), "section progress"],
    ["the plan", without(/## Plan[^]*/), "plan"],
    ["a key", without(/ {2}money_usd: .*\n/), "budget.money_usd"],
    ["a column", made.text.replaceAll("| Spent | Commit |", "| Cost | Commit |"), "column spent"],
  ])("%s", (_, text, field) => {
    const first = project(text);
    expect(first.handEdits.map((edit) => edit.field)).toContain(field);
    expect(project(first.text)).toEqual(first);
  });

  it("everything", () => {
    expect(project("").text).toBe("");
    expect(project("my notes\n").text).toBe("my notes\n");
  });
});

it("leaves frontmatter alone that is not YAML, says so, and goes on with the rest", () => {
  const broken = made.text.replace("mode: poc", "mode: [poc\n\t: }");
  const { text, handEdits } = project(broken);
  expect(handEdits).toEqual([
    {
      field: "frontmatter",
      found: expect.stringContaining("not YAML"),
      command: `npx missions status ${missionId}`,
    },
  ]);
  expect(text.slice(0, 400)).toBe(broken.slice(0, 400));
  expect(text).toContain("### Milestone 1: Ground — validating");
});

it("reads tables that an editor re-aligned, without their first pipes, reordered, or with escaped pipes", () => {
  const shapes = [
    (text: string) => text.replace(/^\| (1\.[12]) \|/gm, "|    $1        |"),
    (text: string) => text.replace(/^\| (\d)/gm, "$1"),
    (text: string) => text.replace("| Feature 1.1 |", "| a \\| `b \\| c` \\\\ |"),
    (text: string) =>
      text.replace(/^\| ([^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|/gm, "| $4 | $2 | $1 | $3 |"),
    (text: string) => text.replaceAll("|  |", "||"),
  ];
  for (const shape of shapes) {
    const { text, handEdits } = project(shape(made.text));
    expect(handEdits).toEqual([]);
    const row = text.split("\n").find((line) => line.includes("0123456789")) ?? "";
    expect(row).toContain("done");
    expect(row).toContain("$0.42, 12.3k tokens");
    expect(row).toContain("scripts/run me.sh");
  }
});

it("ignores look-alikes in code blocks, quotes and comments", () => {
  const alike =
    "```\n## Progress\n| # | Status |\n|---|---|\n| 1.1 | done |\n```\n\n> ## Progress\n\n<!--\n## Progress\n-->\n\n";
  const text = made.text.replace("## Origin", `${alike}## Origin`);
  expect(project(text).text).toBe(busy.text.replace("## Origin", `${alike}## Origin`));
});

describe("a person's text", () => {
  const blocks = fc.oneof(
    fc.constantFrom(
      "* a\n* b",
      "+ odd\n\n  loose",
      "1) one\n2) two",
      "- [ ] do | this",
      "> quoted\nlazily",
      "    indented | code",
      "| a | b |\n|:-:|--:|\n| `x\\|y` | \\| |",
      "```md\n## Progress\n- x\n```",
      "~~~yaml plan\nx: 1\n~~~",
      "<!-- mine -->",
      "<details>\n<summary>x</summary>\n\ntext\n\n</details>",
      "Setext\n======",
      "#### Notes 🦉",
      "## A section of mine",
      "_em_ and *em* and **strong**  ",
      "trailing spaces   \nand more\t",
      "***",
      "line\\\nbreak",
      "naïve 漢字 🇨🇭 👩‍👩‍👧 e\u0301",
      "[ref]: https://example.org 'x'",
      "[^1]: note",
    ),
    fc
      .string({ unit: "grapheme", maxLength: 40 })
      .map((text) => `note ${text.replace(/[`~<\r\n\u2028]/g, "")}`),
  );

  it("survives byte for byte wherever it stands between blocks, with either line ending", () => {
    const gaps = [...made.text.matchAll(/\n\n(?=## |### |\| #|\| Curr)/g)].map(
      ({ index }) => index + 1,
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...gaps), blocks), { maxLength: 6 }),
        fc.boolean(),
        (notes, crlf) => {
          const first = new Map(notes.map(([at, note]) => [at, note]));
          let withNotes = "";
          let expected = "";
          let from = 0;
          // in the written file the same gaps stand before the same headings
          const busyGaps = [...busy.text.matchAll(/\n\n(?=## |### |\| #|\| Curr)/g)].map(
            ({ index }) => index + 1,
          );
          let busyFrom = 0;
          for (const [place, at] of gaps.entries()) {
            const note = first.get(at);
            const busyAt = busyGaps[place] ?? 0;
            const added = note === undefined ? "" : `\n${note}\n`;
            withNotes += made.text.slice(from, at) + added;
            expected += busy.text.slice(busyFrom, busyAt) + added;
            [from, busyFrom] = [at, busyAt];
          }
          withNotes += made.text.slice(from);
          expected += busy.text.slice(busyFrom);
          const ending = (text: string) => (crlf ? text.replaceAll("\n", "\r\n") : text);
          const written = project(ending(withNotes));
          expect(written.text).toBe(ending(expected));
          expect(written.handEdits).toEqual([]);
          const again = projectMissionFile(written.text, aBusyInput(), written.projected);
          expect(again.text).toBe(written.text);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("survives around our bullets when more are added", () => {
    fc.assert(
      fc.property(
        fc.array(blocks, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (notes, tight) => {
          const own = /^- .*Line 1\/1.*$/m.exec(busy.text)?.[0] ?? "";
          const note = `${tight ? "\n" : "\n\n"}${notes.join("\n\n")}`;
          const edited = busy.text.replace(own, () => own + note);
          const input = anInput({
            story: [aLine("new"), aLine("newer")],
            features: [aFeature("1.2")],
          });
          const written = projectMissionFile(edited, input, busy.projected);
          const bullets = /\n*- [^\n]*Line new [^\n]*\n- [^\n]*Line newer [^\n]*\n{0,1}/.exec(
            written.text,
          );
          expect(bullets).not.toBeNull();
          const rest = written.text
            .replace(/- [^\n]*Line newe?r? <[^\n]*/g, "")
            .replace(/\s+/g, "");
          const before = edited
            .replace("| Feature 1.2 | code | pending |", "| Feature 1.2 | code | running |")
            .replace(/\s+/g, "");
          expect(rest).toBe(before);
          const again = projectMissionFile(written.text, input, written.projected);
          expect(again.text).toBe(written.text);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("survives a byte order mark, a missing last line ending and trailing spaces", () => {
    const edited = `\uFEFF${made.text.replace("## Progress\n", "## Progress   \n").trimEnd()}`;
    const expected = `\uFEFF${busy.text.replace("## Progress\n", "## Progress   \n").trimEnd()}`;
    expect(project(edited).text).toBe(expected);
  });
});
