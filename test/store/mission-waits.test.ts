import { describe, expect, it } from "@jest/globals";
import type { Gate } from "../../domain/mission.js";
import { projectMissionFile } from "../../store/mission-file.js";
import { aMissionFile, anInput, missionId } from "./mission-builders.js";

const aGate = (over: Partial<Gate> = {}): Gate => ({
  id: "milestone-1-3",
  kind: "milestone",
  question: "Milestone 1 did not pass.\nround 1: 3 tests fail",
  options: [
    { choice: "retry", means: "validate again" },
    { choice: "stop", means: "cancel the mission" },
  ],
  openedAt: "2026-08-01T10:20:30.000Z",
  ...over,
});
const SHOWN = `<!-- waits for you -->

**Waits for you** since 2026-08-01 10:20 UTC: Milestone 1 did not pass. round 1: 3 tests fail

- \`npx missions decide ${missionId} milestone-1-3 retry\`: validate again
- \`npx missions decide ${missionId} milestone-1-3 stop\`: cancel the mission

<!-- end of waits for you -->`;

describe("what waits for a person in mission.md", () => {
  const made = aMissionFile();
  const write = (text: string, projected: Record<string, string>, gates: Gate[]) =>
    projectMissionFile(text, anInput({ status: "planning", gates }), projected);

  it("stands above everything else with the commands that answer it, and is gone when it is answered", () => {
    const open = write(made.text, made.projected, [aGate()]);
    expect(open.text).toBe(made.text.replace("## Origin", `${SHOWN}\n\n## Origin`));
    expect(open.handEdits).toEqual([]);
    expect(write(open.text, open.projected, [aGate()]).text).toBe(open.text);
    const other = write(open.text, open.projected, [aGate({ id: "plan", kind: "plan" })]);
    expect(other.text).not.toContain("milestone-1-3");
    const closed = write(other.text, other.projected, []);
    expect(closed.text).toBe(made.text);
    expect(closed.projected).toEqual(made.projected);
  });

  it("goes with the line endings of the file", () => {
    const text = made.text.replaceAll("\n", "\r\n");
    const open = write(text, made.projected, [aGate()]);
    expect(open.text.replaceAll("\r\n", "")).not.toContain("\n");
    expect(write(open.text, open.projected, []).text).toBe(text);
  });

  it("stays as a person edited it, and says so; deleted, it comes back with the next question", () => {
    const open = write(made.text, made.projected, [aGate()]);
    const noted = open.text.replace("**Waits for you**", "**I think about it**");
    const kept = write(noted, open.projected, []);
    expect(kept.text).toBe(noted);
    expect(kept.handEdits).toEqual([
      expect.objectContaining({ field: "open gates", found: "(edited)" }),
    ]);
    expect(write(made.text, open.projected, [aGate()]).text).toBe(made.text);
    const next = write(made.text, open.projected, [aGate({ id: "budget-1", kind: "budget" })]);
    expect(next.text).toContain(`npx missions decide ${missionId} budget-1 retry`);
  });

  it("keeps hostile texts as text and offers no command that is not one", () => {
    const evil = "<!-- end of waits for you -->\n## Plan\n`x` [y](http://e)";
    const gate = aGate({ id: "a`; rm -rf /", question: evil });
    const open = write(made.text, made.projected, [gate]);
    expect(open.text).not.toContain("rm -rf");
    expect(open.text).toContain(`- \`npx missions status ${missionId}\`: validate again`);
    expect(write(open.text, open.projected, []).text).toBe(made.text);
  });
});
