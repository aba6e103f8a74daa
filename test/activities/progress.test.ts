import { describe, expect, it } from "@jest/globals";
import { newConversation } from "../../activities/adapters/conversation.js";
import { judgeProgress, noteResult, noteState } from "../../activities/adapters/progress.js";

const call = (name: string, input: unknown = {}) => ({ id: "1", name, input });
const ok = (text: string, dirty = true) => ({ ok: true, text, dirty });

/** Turns until the work is ended for it; `state` says which tree each turn leaves. */
function turnsOf(state: (turn: number) => string, most = 100): { ended: number; warnings: number } {
  const conversation = newConversation("brief");
  for (let turn = 1; turn <= most; turn++) {
    noteState(conversation, call("run", { command: "x" }), ok(""), state(turn));
    if (judgeProgress(conversation) !== undefined)
      return { ended: turn, warnings: warnings(conversation) };
  }
  return { ended: Infinity, warnings: warnings(conversation) };
}
const warnings = ({ messages }: ReturnType<typeof newConversation>) => messages.length - 1;

describe("progress", () => {
  it("lets an agent read at first, warns once, then ends", () => {
    expect(turnsOf(() => "same")).toEqual({ ended: 26, warnings: 1 });
  });

  it("goes on as long as something changes", () => {
    expect(turnsOf((turn) => `tree ${Math.floor(turn / 10)}`)).toEqual({
      ended: Infinity,
      warnings: 0,
    });
  });

  it("counts going back and forth as standing still", () => {
    expect(turnsOf((turn) => `tree ${turn % 3}`)).toEqual({ ended: 3 + 12 + 6 - 1, warnings: 1 });
  });

  it("begins anew after a change that follows the warning", () => {
    expect(turnsOf((turn) => (turn < 22 ? "same" : "other"))).toEqual({
      ended: 22 + 12 + 6 - 1,
      warnings: 2,
    });
  });

  it("takes files handed over and new words in a plain folder for changes", () => {
    const conversation = newConversation("brief");
    const write = call("write", { path: "$MISSION_DIR/research/a.md", content: "x" });
    noteState(conversation, write, ok("wrote"), "tree");
    expect(conversation.progress?.changed).toBe(true);
    const folder = newConversation("brief");
    noteState(folder, call("run"), ok("one"), undefined);
    expect(folder.progress).toMatchObject({ changed: true, turns: 0 });
    judgeProgress(folder);
    noteState(folder, call("run"), ok("one"), undefined);
    expect(folder.progress).toMatchObject({ turns: 1 });
  });

  it("ends when the same call fails three times in a row, and not when another comes between", () => {
    const conversation = newConversation("brief");
    const failing = (name: string) =>
      noteResult(conversation, call(name), { ok: false, text: "broken" });
    expect([failing("a"), failing("a"), failing("b"), failing("a"), failing("a")]).toEqual(
      Array(5).fill(undefined),
    );
    expect(failing("a")).toContain("the same a failed 3 times. broken");
  });
});
