import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { projectMissionFile } from "../../store/mission-file.js";
import { readPlanText } from "../../store/plan-file.js";
import {
  aBusyInput,
  aFeature,
  aLine,
  aMissionFile,
  anInput,
  aPlan,
  aPlanFeature,
  cellsOf,
  missionId,
  someTotals,
} from "./mission-builders.js";

const frontmatter = (text: string) =>
  parse(/^---\r?\n([^]*?)\r?\n---\r?\n/.exec(text)?.[1] ?? "") as Record<string, unknown>;

describe("a new mission.md", () => {
  it("has the frontmatter and the sections of a mission that is being planned", () => {
    const { text } = aMissionFile();
    expect(frontmatter(text)).toMatchObject({
      id: missionId,
      title: "Build a CRM",
      status: "planning",
      started: null,
      budget: { money_usd: 20, time_hours: 2.5, token_limit: 1_000_000, alert_threshold_pct: 80 },
    });
    expect([...text.matchAll(/^## (.*)$/gm)].map(([, name]) => name)).toEqual(
      "Origin,Scope,Milestones,Resources,Budget,Decisions,Mission agents,Research,Progress,Recovery,Retrospective,Plan".split(
        ",",
      ),
    );
    expect(cellsOf(text, "1.2")).toEqual([
      "1.2",
      "Feature 1.2",
      "code",
      "pending",
      "script",
      "",
      "",
      "",
      "",
    ]);
  });

  it("is itself a plan that reads back the same", () => {
    const plan = aPlan();
    expect(readPlanText(aMissionFile(plan).text, "mission.md")).toEqual(plan);
  });

  it("needs no change to say what it says already", () => {
    const { text, projected } = aMissionFile();
    const again = projectMissionFile(text, anInput({ status: "planning" }), projected);
    expect(again).toEqual({ text, projected, handEdits: [] });
  });

  it("keeps hostile text as text", () => {
    const hostile =
      "---\nstatus: completed\n---\n# x\n```\n````yaml plan\n| # | Status |\n|---|---|\n| 1.1 | done |\n<!-- story 1%2F1 -->\n</details><script>{{plan}} $& ![](x)";
    const line = hostile.replaceAll("\n", " ");
    const plan = aPlan({
      goal: hostile,
      title: line,
      scope: { non_goals: [hostile], constraints: ["<!--", "-->"] },
      preferences: { style: hostile },
      milestones: [
        {
          id: "1",
          title: `${line} — done`,
          checks: [],
          features: [aPlanFeature("1.1", { title: line })],
        },
      ],
    });
    const file = aMissionFile(plan);
    expect(file.text).toContain(hostile);
    expect(frontmatter(file.text)).toMatchObject({ title: line, status: "planning" });
    const written = projectMissionFile(file.text, aBusyInput(), file.projected);
    expect(written.handEdits).toEqual([]);
    expect(frontmatter(written.text)).toMatchObject({ title: line, status: "active" });
    expect(written.text).toMatch(/^### Milestone 1: .* — done — validating$/m);
    expect(written.text).toContain("Line 1/1");
    expect(readPlanText(written.text, "mission.md").goal).toBe(hostile);
  });
});

describe("projecting a mission into its file", () => {
  it("sets frontmatter, headings, cells, budget and story", () => {
    const { text, projected } = aMissionFile();
    const written = projectMissionFile(text, aBusyInput(), projected);
    expect(written.handEdits).toEqual([]);
    expect(frontmatter(written.text)).toMatchObject({
      status: "active",
      started: "2026-08-01T10:05:00.000Z",
      completed: null,
    });
    expect(written.text).toContain("### Milestone 1: Ground — validating");
    expect(cellsOf(written.text, "1.1").slice(3)).toEqual([
      "done",
      "script",
      "$0.42, 12.3k tokens",
      "0123456789",
      "scripts/run me.sh",
      "reviews/1.1.md",
    ]);
    expect(cellsOf(written.text, "Money")).toEqual(["Money", "$20.00", "$1.25", "$0.50", "$18.25"]);
    expect(cellsOf(written.text, "Active time").slice(1)).toEqual([
      "2 h 30 min",
      "1 min",
      "-",
      "2 h 29 min",
    ]);
    const section = (name: string) => written.text.split(`\n## ${name}\n`)[1]?.split("\n## ")[0];
    expect(section("Progress")).toContain("- 2026-08-01 10:00 UTC: Line 1/1 <!--");
    expect(section("Decisions")).toContain("Line 1/2 (ann, cli) <!--");
    expect(section("Resources")).toContain(
      "[scripts/run me.sh](./scripts/run%20me.sh): made by feature 1.1, Feature 1.1",
    );
  });

  it("adds nothing when the same write is repeated, with or without its record", () => {
    const { text, projected } = aMissionFile();
    const first = projectMissionFile(text, aBusyInput(), projected);
    expect(projectMissionFile(first.text, aBusyInput(), first.projected).text).toBe(first.text);
    expect(projectMissionFile(first.text, aBusyInput(), projected)).toEqual(first);
    expect(projectMissionFile(first.text, aBusyInput(), {}).text).toBe(first.text);
  });

  it("puts new story lines behind the old ones", () => {
    const { text, projected } = aMissionFile();
    const first = projectMissionFile(text, anInput({ story: [aLine("a")] }), projected);
    const second = projectMissionFile(
      first.text,
      anInput({ story: [aLine("a"), aLine("b"), aLine("c")] }),
      first.projected,
    );
    expect([...second.text.matchAll(/Line ([abc])/g)].map(([, name]) => name)).toEqual([
      "a",
      "b",
      "c",
    ]);
  });

  it("does not bring a story line back that a person deleted", () => {
    const { text, projected } = aMissionFile();
    const first = projectMissionFile(text, anInput({ story: [aLine("a"), aLine("b")] }), projected);
    const without = first.text.replace(/^- .*Line a.*\n/m, "");
    const second = projectMissionFile(without, anInput({ story: [aLine("a")] }), first.projected);
    expect(second.text).toBe(without);
  });

  it("writes the result under Retrospective, once", () => {
    const { text, projected } = aMissionFile();
    const input = anInput({ status: "completed", result: "All 3 features are done." });
    const first = projectMissionFile(text, input, projected);
    expect(first.text).toContain("- Result: All 3 features are done. <!-- result 1 -->");
    expect(projectMissionFile(first.text, input, first.projected).text).toBe(first.text);
  });

  it("brings in what a new plan adds and leaves the rest", () => {
    const { text, projected } = aMissionFile();
    const plan = aPlan();
    plan.milestones[0]?.features.push(aPlanFeature("1.3"));
    plan.milestones.push({ id: "3", title: "Garden", checks: [], features: [aPlanFeature("3.1")] });
    const input = anInput({ features: [aFeature("1.3"), aFeature("3.1", { status: "done" })] });
    const replanned = { plan, planYaml: "title: new\n" };
    const written = projectMissionFile(text, input, projected, replanned);
    expect(written.handEdits).toEqual([]);
    expect(cellsOf(written.text, "1.3")[3]).toBe("running");
    expect(cellsOf(written.text, "3.1")[3]).toBe("done");
    expect(written.text).toContain("### Milestone 3: Garden — pending");
    expect(written.text).toContain("```yaml plan\ntitle: new\n```");
    expect(written.text.indexOf("1.3 |")).toBeLessThan(written.text.indexOf("### Milestone 2"));
    expect(projectMissionFile(written.text, input, written.projected, replanned).text).toBe(
      written.text,
    );
  });

  it("keeps a file of 10,000 features small in work: a delta is written and the rest is untouched", () => {
    const milestones = Array.from({ length: 10 }, (_, m) => ({
      id: String(m + 1),
      title: `Stage ${m + 1}`,
      checks: [],
      features: Array.from({ length: 1_000 }, (__, f) => aPlanFeature(`${m + 1}.${f + 1}`)),
    }));
    const { text, projected } = aMissionFile(aPlan({ milestones }));
    const story = Array.from({ length: 5_000 }, (_, i) => aLine(String(i)));
    const grown = projectMissionFile(text, anInput({ story }), projected);
    const startedMs = performance.now();
    const input = anInput({
      features: [aFeature("7.777")],
      story: [aLine("last")],
      budget: someTotals(),
    });
    const written = projectMissionFile(grown.text, input, grown.projected);
    console.info(
      `delta in ${grown.text.length} characters: ${Math.round(performance.now() - startedMs)} ms`,
    );
    expect(written.handEdits).toEqual([]);
    expect(cellsOf(written.text, "7.777")[3]).toBe("running");
    expect(written.text.match(/running/g)).toHaveLength(1);
    expect(written.text.indexOf("Line last")).toBeGreaterThan(written.text.indexOf("Line 4999"));
    expect(written.text.indexOf("Line last")).toBeLessThan(written.text.indexOf("## Recovery"));
  });
});
