import { describe, expect, it } from "@jest/globals";
import type { Gate } from "../../../domain/mission.js";
import { bar } from "../../../client/terminal/budget-bars.js";
import { renderFrame } from "../../../client/terminal/frame.js";
import { displayWidth } from "../../../client/terminal/width.js";
import { aFeature, aSnapshot } from "../a-snapshot.js";

const now = new Date("2026-01-02T12:00:00Z");
const frame = (over = {}, width = 90, height?: number) =>
  renderFrame(aSnapshot(over), { width, now, ...(height === undefined ? {} : { height }) });

const gate: Gate = {
  id: "alert-1",
  kind: "alert",
  question: "80% of the money is spent. What now?",
  options: [{ choice: "raise", means: "raise the cap" }],
  openedAt: "2026-01-02T11:57:00Z",
};

describe("the frame of the live view", () => {
  it("shows milestones, spend in three currencies, and the mission's id", () => {
    const text = frame().join("\n");
    expect(text).toContain("m-20260102-abc123");
    expect(text).toContain("$5.00 of $20.00, $0.30 reserved");
    expect(text).toContain("100k of 2M");
    expect(text).toContain("1 min of 1 h of active time");
    expect(text).toMatch(/▸ 1 Skeleton .*1\/3 {2}active/);
  });

  it("shows the deadline beside the hours of work, and what happens then", () => {
    const deadline = {
      at: "2026-01-09T17:00:00Z",
      zone: "Europe/Berlin",
      atDeadline: "ask" as const,
    };
    const lines = frame({ deadline });
    const at = lines.findIndex((line) => line.includes("active time"));
    expect(lines[at + 1]).toBe("until  Fri 2026-01-09 18:00 Europe/Berlin, in 7 d 5 h; then: ask");
    expect(frame().join("\n")).not.toContain("until");
  });

  it("puts what waits for a person first, with how long and the command that answers it", () => {
    const lines = frame({ gates: [gate] });
    expect(lines[2]).toBe("? Waits for you since 3 min: 80% of the money is spent. What now?");
    expect(lines[3]).toBe("    npx missions decide m-20260102-abc123 alert-1 raise  raise the cap");
  });

  it("never cuts a command, however narrow the screen", () => {
    expect(frame({ gates: [gate] }, 30).join("\n")).toContain(
      "npx missions decide m-20260102-abc123 alert-1 raise",
    );
  });

  it("never cuts an address, and counts the rows that it takes", () => {
    const webUi = `http://127.0.0.1:8233/${"x".repeat(100)}`;
    const lines = renderFrame(aSnapshot(), { width: 60, height: 30, now, webUi });
    expect(lines.at(-1)).toBe(`Web UI ${webUi}`);
    expect(lines.length).toBeLessThanOrEqual(28);
  });

  it("answers the plan gate with approve", () => {
    const plan = {
      ...gate,
      id: "plan",
      kind: "plan",
      options: [{ choice: "approve", means: "start" }],
    };
    expect(frame({ gates: [plan] }).join("\n")).toContain("npx missions approve m-20260102-abc123");
  });

  it("says why a feature waits, blocked ones first", () => {
    const lines = frame({
      features: [
        aFeature({ id: "1.1", status: "queued", note: "waits for budget" }),
        aFeature({ id: "1.2", status: "blocked", note: "checks failed" }),
      ],
    });
    const at = (text: string) => lines.findIndex((line) => line.includes(text));
    expect(at("blocked: checks failed")).toBeGreaterThan(0);
    expect(at("blocked: checks failed")).toBeLessThan(at("queued: waits for budget"));
  });

  it("is never wider than the screen, also with wide characters", () => {
    const lines = frame(
      {
        title: "日本語のとても長いタイトル".repeat(9),
        features: [aFeature({ title: "🚀 ".repeat(60), note: "x".repeat(300) })],
        story: [{ seq: "1", at: now.toISOString(), kind: "progress", text: "y".repeat(300) }],
      },
      60,
    );
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(60);
  });

  it("cuts lists to the height and says how many are left out", () => {
    const features = Array.from({ length: 200 }, (_, at) => aFeature({ id: `1.${at + 1}` }));
    const lines = frame({ features }, 90, 24);
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(lines.join("\n")).toMatch(/and 1\d\d more/);
  });

  it("lets no control character of a plan or model through", () => {
    const evil = "\u001b[31mred\u001b]0;title\u0007\u0007\r\n\u202eabc\u009b2J";
    const lines = frame({
      title: evil,
      features: [aFeature({ title: evil, note: evil })],
      gates: [{ ...gate, question: evil, options: [{ choice: "a\u001b[2Jb", means: evil }] }],
      story: [{ seq: "1", at: "no time", kind: "progress", text: evil }],
    });
    // eslint-disable-next-line no-control-regex -- these are what must not be there
    expect(lines.join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  it("names the overrun when a bill came in higher", () => {
    const budget = { ...aSnapshot().budget, overrun: { microUsd: 120_000, tokens: 0 } };
    expect(frame({ budget }).join("\n")).toContain("overrun $0.12");
  });
});

describe("a bar", () => {
  it("shows any spend, and full only for a full cap", () => {
    expect(bar(0, 10)).toBe("░░░░░░░░░░");
    expect(bar(0.001, 10)).toBe("█░░░░░░░░░");
    expect(bar(0.999, 10)).toBe("█████████░");
    expect(bar(1, 10)).toBe("██████████");
    expect(bar(7, 10)).toBe("██████████");
  });
});
