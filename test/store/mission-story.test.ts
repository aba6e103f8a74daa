import { expect, it } from "@jest/globals";
import fc from "fast-check";
import type { StoryLine } from "../../domain/mission.js";
import { escapeInline, oneLine, plainOf } from "../../store/markdown-text.js";
import { projectMissionFile } from "../../store/mission-file.js";
import { readStory } from "../../store/mission-story.js";
import { aLine, aMissionFile, anInput } from "./mission-builders.js";

const made = aMissionFile();
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom(
        "<!--",
        "-->",
        "|",
        "\\",
        "`",
        "```",
        "\n## Plan\n",
        "[x](y)",
        "&amp;",
        "#",
        " (ann, cli)",
        "- ",
        "1. ",
        "~~",
        "*",
        "_",
        "\r\n",
        "|---|",
        "\ud800",
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));
const lines = fc.uniqueArray(
  fc.record({
    seq: hostile.filter((seq) => seq !== "" && !/\p{Surrogate}/u.test(seq)),
    at: fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date("2100-01-01") })
      .map((date) => date.toISOString()),
    kind: fc.constantFrom<StoryLine["kind"]>("progress", "decision", "recovery"),
    text: hostile.map((text) => oneLine(text).slice(0, 500)).map(oneLine),
    by: fc.option(fc.record({ who: hostile.map(oneLine), from: hostile.map(oneLine) })),
  }),
  { selector: ({ seq }) => seq, maxLength: 8 },
);

it("reads back every line that the projection wrote, whatever it says", () => {
  fc.assert(
    fc.property(lines, fc.boolean(), (drawn, crlf) => {
      const story = drawn.map(({ by, ...line }): StoryLine =>
        by === null ? line : { ...line, by },
      );
      const text = crlf ? made.text.replaceAll("\n", "\r\n") : made.text;
      const half = Math.floor(story.length / 2);
      const first = projectMissionFile(
        text,
        anInput({ story: story.slice(0, half) }),
        made.projected,
      );
      const second = projectMissionFile(first.text, anInput({ story }), first.projected);
      const order = ["progress", "decision", "recovery"];
      const expected = story.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
      expect(readStory(second.text)).toEqual(expected);
      expect(second.handEdits).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

it("escapes text so that it reads back the same", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(plainOf(escapeInline(text))).toBe(oneLine(text));
    }),
  );
});

it("reads a line that an editor wrapped, and leaves a person's own bullets out", () => {
  const story = [aLine("1", { text: "a long line of text", by: { who: "ann", from: "cli" } })];
  const { text } = projectMissionFile(made.text, anInput({ story }), made.projected);
  const wrapped = text
    .replace("a long line", "a long\n  line")
    .replace("- 2026", "- my own note\n- 2026");
  expect(readStory(wrapped)).toEqual(story);
});

it("has nothing to tell of a file that is not a mission", () => {
  expect(readStory("")).toEqual([]);
  expect(readStory("# x\n\n- y <!-- story 1 -->\n")).toEqual([]);
});
