import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { tickTodo, type TodoMission } from "../../domain/todo-file.js";

const mission: TodoMission = {
  missionId: "m-20260304-abc123",
  title: "Build a CRM",
  features: ["1.1", "1.2", "2.1"].map((id) => ({
    id,
    title: `Feature ${id}`,
    branch: `mission/m-20260304-abc123-${id}`,
    brief: `todo/missions/m-20260304-abc123/briefs/${id}.md`,
  })),
};
const where = "https://github.com/octo/hello/pull/7";

describe("TODO.md", () => {
  it("gets a line for each feature with the first tick, below what stands there", () => {
    const text = tickTodo("# To do\n\n- [ ] buy milk\n", mission, [
      { id: "1.1", pullRequest: where },
    ]);
    expect(text).toBe(
      [
        "# To do",
        "",
        "- [ ] buy milk",
        "",
        "## Mission m-20260304-abc123: Build a CRM",
        "",
        `- [x] 1.1 Feature 1.1 (branch: \`mission/m-20260304-abc123-1.1\`, brief: todo/missions/m-20260304-abc123/briefs/1.1.md), pull request: <${where}>`,
        "- [ ] 1.2 Feature 1.2 (branch: `mission/m-20260304-abc123-1.2`, brief: todo/missions/m-20260304-abc123/briefs/1.2.md)",
        "- [ ] 2.1 Feature 2.1 (branch: `mission/m-20260304-abc123-2.1`, brief: todo/missions/m-20260304-abc123/briefs/2.1.md)",
        "",
      ].join("\n"),
    );
  });

  it("keeps what a person made of a line, but for the tick", () => {
    const first = tickTodo("", mission, [{ id: "1.1" }]);
    const edited = first
      .replace("- [ ] 1.2 Feature 1.2", "- [ ] 1.2 Our words, ask Ann")
      .replace(/^- \[ \] 2\.1.*\n/m, "");
    const second = tickTodo(edited, mission, [{ id: "1.2", pullRequest: where }]);
    expect(second).toContain("- [x] 1.2 Our words, ask Ann (branch");
    expect(second).not.toContain("2.1");
    expect(tickTodo(second, mission, [{ id: "2.1" }])).toContain("- [x] 2.1 Feature 2.1");
  });

  it("keeps every other line as it was, and a second tick changes nothing", () => {
    const line = fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n]/g, " "));
    const lines = fc.array(fc.oneof(line, fc.constantFrom("## Other", "- [ ] x", "", "# A")));
    const ids = fc.subarray(["1.1", "1.2", "2.1", "9.9"], { minLength: 1 });
    fc.assert(
      fc.property(lines, ids, fc.constantFrom("\n", "\r\n"), (before, ticked, newline) => {
        const text = [...before, ""].join(newline);
        const ticks = ticked.map((id) => ({ id, pullRequest: where }));
        const once = tickTodo(text, mission, ticks);
        expect(tickTodo(once, mission, ticks)).toBe(once);
        expect(once.startsWith(text.trimEnd().length === 0 ? "" : text.replace(/\s+$/, ""))).toBe(
          true,
        );
        const done = [...once.matchAll(/^- \[x\] (\d\.\d) /gm)].map(([, id]) => id);
        expect(done).toEqual(ticked.filter((id) => id !== "9.9"));
      }),
    );
  });

  it("lets no title or address become anything but text in its line", () => {
    const [feature] = mission.features;
    const odd = {
      ...mission,
      title: "A\n# heading `x`",
      features: [{ ...(feature ?? {}), id: "1.1", branch: "b", title: "x\n- [x] 1.2 forged <b>" }],
    };
    const text = tickTodo("", odd, [{ id: "1.1", pullRequest: "https://x.example/>\n- [x] y" }]);
    expect(text.split("\n").filter((each) => /^(?:- \[|#)/.test(each))).toHaveLength(2);
    expect(text).not.toMatch(/<b>|>\n- /);
  });
});
