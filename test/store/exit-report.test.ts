import { describe, expect, it } from "@jest/globals";
import { projectMissionFile } from "../../store/mission-file.js";
import type { ValidationReport } from "../../domain/validation-work.js";
import { aRun, aValidationReport } from "../helpers/validation-reports.js";
import { aMissionFile, anInput, cellsOf } from "./mission-builders.js";

const failed = aValidationReport({
  round: 2,
  passed: false,
  commit: "c0ffee1234567890",
  findings: [
    { id: "a11y", severity: "minor", source: "browser", what: "A picture has no text", where: "/" },
    { id: "check/1.b", severity: "critical", source: "check", what: "It is silent" },
    { id: "lie/x", severity: "major", source: "lie", what: "A test was skipped" },
  ],
  accepted: [{ id: "lie/x", by: "ann, cli" }],
  runs: [
    aRun({ tests: 12, skipped: 1 }),
    aRun({ id: "1.b", sentence: "It answers", verdict: "failed", ended: "exit 1 in 5 ms", ms: 5 }),
    aRun({ id: "1.c", sentence: "It looks good", verdict: "person" }),
  ],
  browser: {
    verdict: "failed",
    pages: 2,
    findings: 1,
    report: "assets/qa/1/index.html",
    pictures: ["home", "shop", "cart", "login", "about"].map((name) => ({
      name,
      viewport: "desktop",
      path: `assets/qa/1/${name} page.png`,
    })),
  },
  judge: { model: "openai/gpt-5", summary: "Fine but for the silence." },
});
const section = (report: ValidationReport, n = 1) => [
  { id: "1", title: "Ground", key: String(n).repeat(64), report },
];
const SHOWN = `### Exit report of milestone 1: Ground

**Did not pass** in round 2 on commit \`c0ffee1234\`, 2026-03-04 05:06 UTC, in 1 s on host host1. People accepted 1 finding.

| Seen | What | Verdict | Time | Tests | Evidence |
| --- | --- | --- | --- | --- | --- |
| 1.a | The shop can be used | passed | 240 ms | 12, 1 skipped | npm test: exit 0 in 240 ms |
| 1.b | It answers | **failed** | 5 ms |  | npm test: exit 1 in 5 ms |

What they printed at the end: \`npx missions why 1\`

Findings:

- **critical**: It is silent
- **major**: A test was skipped Accepted by ann, cli.
- **minor**: A picture has no text (/)

Browser: failed, 2 pages, 1 finding. [Its report](assets/qa/1/index.html).

![home, desktop](assets/qa/1/home%20page.png)
![shop, desktop](assets/qa/1/shop%20page.png)
![cart, desktop](assets/qa/1/cart%20page.png)
![login, desktop](assets/qa/1/login%20page.png)

More pictures: [about, desktop](assets/qa/1/about%20page.png)

Judged by openai/gpt-5: Fine but for the silence.

Not seen by the engine, for a person to look at:

- 1.c: It looks good

<!-- end of exit report 1 -->`;

describe("the Exit report in mission.md", () => {
  const made = aMissionFile();
  const write = (text: string, projected: Record<string, string>, exits = section(failed)) =>
    projectMissionFile(text, anInput({ status: "planning" }), projected, undefined, exits);

  it("says below the milestone what was seen, found, accepted and left to people", () => {
    const { text, handEdits } = write(made.text, made.projected);
    const [before = "", after = ""] = text.split(SHOWN);
    expect(before.trimEnd()).toMatch(/\| 1\.2 \|[^\n]*$/);
    expect(after).toMatch(/^\n\n### Milestone 2: House/);
    expect(before.trimEnd() + after).toBe(made.text);
    expect(handEdits).toEqual([]);
  });

  it("counts no accepted finding that is not there any more", () => {
    const mended = aValidationReport({ accepted: [{ id: "check/1.b", by: "ann, cli" }] });
    const { text } = write(made.text, made.projected, section(mended));
    expect(text).toContain("Nothing was found wrong.");
    expect(text).not.toContain("People accepted");
  });

  it("is written once for a report and anew for the next, and leaves a person's notes alone", () => {
    const first = write(made.text, made.projected);
    expect(write(first.text, first.projected).text).toBe(first.text);
    const noted = first.text.replace(SHOWN, `A note before.\n\n${SHOWN}\n\nA note behind. `);
    const next = write(noted, first.projected, section(aValidationReport({ round: 3 }), 2));
    const [before = "", rest = ""] = next.text.split("### Exit report of milestone 1: Ground");
    const [shown, after = ""] = rest.split("<!-- end of exit report 1 -->");
    expect(`${before}${SHOWN}${after}`).toBe(noted);
    expect(shown).toContain("**Passed** in round 3");
    expect(shown).toContain("Nothing was found wrong.");
    // Rows of features are still found, and no others.
    const feature = { id: "1.2", title: "", status: "done", attempts: 1 } as const;
    const spent = { microUsd: 0, tokens: 0 };
    const input = anInput({ status: "planning", features: [{ ...feature, spent }] });
    expect(cellsOf(projectMissionFile(next.text, input, next.projected).text, "1.2")[3]).toBe(
      "done",
    );
  });

  it("stays as a person edited or deleted it, and says so", () => {
    const first = write(made.text, made.projected);
    for (const [change, found] of [
      [first.text.replace("**Did not pass**", "**Passed**"), "(edited)"],
      [made.text, "(deleted)"],
    ] as const) {
      const { text, handEdits } = write(change, first.projected, section(failed, 2));
      expect(text).toBe(change);
      expect(handEdits).toEqual([
        expect.objectContaining({ field: "exit report of milestone 1", found }),
      ]);
    }
  });

  it("keeps hostile texts as text", () => {
    const evil = "<!-- end of exit report 1 -->\n## Plan\n| x | `y` ![z](http://e) <b>";
    const report = aValidationReport({
      host: evil,
      commit: evil,
      findings: [{ id: "x", severity: "minor", source: "judge", what: evil, where: evil }],
      runs: [aRun({ id: evil, sentence: evil, how: evil, ended: evil })],
      browser: {
        ...{ verdict: "passed", pages: 1, findings: 0, report: "../../x](y) z/<i>.html" },
        pictures: [{ name: evil, viewport: evil, path: "assets/a)b\n.png" }],
      },
      judge: { model: evil, summary: evil },
    });
    const first = write(made.text, made.projected, section(report));
    const again = write(first.text, first.projected, section(failed, 2));
    expect(again.handEdits).toEqual([]);
    const expected = write(made.text, made.projected, section(failed, 2));
    expect(again.text).toBe(expected.text);
    expect(first.text).not.toMatch(/^## Plan\n\|/m);
    expect(first.text).toContain("[Its report](x%5D%28y%29%20z/%3Ci%3E.html)");
  });

  it("is told in the retrospective once more where people accepted something or have to look", () => {
    const seen = section(failed);
    const first = write(made.text, made.projected);
    const input = anInput({ status: "completed", result: "completed: 2 of 2 features done" });
    const ended = projectMissionFile(first.text, input, first.projected, undefined, seen);
    const retrospective = ended.text.slice(ended.text.indexOf("## Retrospective"));
    expect(retrospective.match(/^- .*(?= <!-- result)/gm)).toEqual([
      "- Result: completed: 2 of 2 features done",
      "- Milestone 1 passed with major: A test was skipped (accepted by ann, cli)",
      "- Milestone 1 leaves 1 check to you: its Exit report names them",
    ]);
    expect(ended.text.split(SHOWN)).toHaveLength(2);
    const again = projectMissionFile(ended.text, input, ended.projected, undefined, seen);
    expect(again.text).toBe(ended.text);
  });

  it("has the line endings of the file", () => {
    const text = made.text.replaceAll("\n", "\r\n");
    const { text: written } = write(text, made.projected);
    expect(written.replaceAll("\r\n", "")).not.toContain("\n");
    expect(write(written, write(text, made.projected).projected).handEdits).toEqual([]);
  });
});
