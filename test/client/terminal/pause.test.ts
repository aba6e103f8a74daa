import { describe, expect, it } from "@jest/globals";
import type { StoryLine } from "../../../domain/mission.js";
import { renderFrame } from "../../../client/terminal/frame.js";
import { aFeature, aSnapshot } from "../a-snapshot.js";

const told = (text: string, kind: StoryLine["kind"] = "decision"): StoryLine => ({
  seq: `g1-${text}`,
  at: "2026-01-02T11:00:00Z",
  kind,
  text,
  by: { who: "ada", from: "cli" },
});
const PAUSE = "pause: Nothing new starts; running attempts end after their call in flight";
const DRAIN = "pause: Nothing new starts; running slices finish";

const frame = (over = {}) =>
  renderFrame(aSnapshot({ status: "paused", ...over }), {
    width: 90,
    now: new Date("2026-01-02T12:00:00Z"),
  }).join("\n");

describe("a paused mission", () => {
  it("names who paused it and why, beside the command that goes on", () => {
    const text = frame({ story: [told(`${PAUSE}: lunch`)] });
    expect(text).toMatch(
      /^Paused by ada \(cli\): lunch\n {4}npx missions resume m-20260102-abc123$/m,
    );
    expect(frame({ story: [told(`${DRAIN}.`)] })).toMatch(/^Paused by ada \(cli\)\n/m);
    expect(frame()).toMatch(/^Paused\n {4}npx missions resume /m);
    expect(frame({ status: "active", story: [told(`${PAUSE}.`)] })).not.toContain("npx missions");
  });

  it("names no resume where a gate alone holds it", () => {
    const gate = { id: "g", kind: "milestone", question: "?", options: [], pauses: true } as const;
    const gates = [{ ...gate, openedAt: "2026-01-02T11:57:00Z" }];
    const story = [told(`${PAUSE}.`), told("resume: The mission goes on.")];
    expect(frame({ gates, story })).not.toContain("npx missions resume");
    expect(frame({ gates, story: [told(`${PAUSE}.`)] })).toContain("npx missions resume");
  });

  it("shows a feature that was at work as paused, but not where slices finish", () => {
    const features = [aFeature({ id: "1.2" }), aFeature({ id: "1.3", status: "done" })];
    const text = frame({ features, story: [told(`${PAUSE}.`)] });
    expect(text).toMatch(/1\.2 .*paused, waits for resume/);
    expect(text).toMatch(/1\.3 .*done/);
    expect(frame({ features, story: [told(`${DRAIN}.`)] })).toMatch(/1\.2 .*running/);
  });
});
