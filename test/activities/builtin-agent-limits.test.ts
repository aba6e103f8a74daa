import { afterEach, describe, expect, it } from "@jest/globals";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readFeatureEvents } from "../../store/feature-record.js";
import type { CannedTurn } from "../../workers/demo-replies.js";
import { makeAttempts } from "./attempt-fixture.js";
import type { AttemptFixture, Wishes } from "./attempt-fixture.js";

const open: AttemptFixture[] = [];
async function make(turns: CannedTurn[], wishes: Wishes = {}) {
  const made = await makeAttempts({ ...wishes, server: { replies: { "1.1": turns } } });
  open.push(made);
  return made;
}
afterEach(async () => {
  for (const made of open.splice(0)) await made.end();
});

const look = { calls: [{ tool: "list", input: {} }] };
const finish = { calls: [{ tool: "finish", input: { summary: "made it" } }] };
const transcript = async ({ paths, blobs, input }: AttemptFixture) => {
  const events = await readFeatureEvents(paths.features, input().feature.missionId, "1.1");
  const last = events.at(-1);
  const ref = last?.kind === "attempt" ? last.transcript : undefined;
  return ref === undefined ? "" : String(await blobs.get(ref.sha256));
};

describe("the limits of the builtin agent", () => {
  it("end work that changes nothing, after one warning, with the reason", async () => {
    const made = await make(Array<CannedTurn>(60).fill(look));
    expect(await made.run(made.input())).toMatchObject({
      kind: "failed",
      calls: 26,
      reason: "No progress: nothing was changed in 6 more turns after a warning.",
    });
    expect((await transcript(made)).split("you have changed nothing")).toHaveLength(2);
  });

  it("count the states of a workspace: what is undone and done again is no progress", async () => {
    const flip = (n: number): CannedTurn => ({
      calls: [{ tool: "write", input: { path: "a.txt", content: n % 2 === 0 ? "on" : "off" } }],
    });
    const made = await make(
      Array.from({ length: 60 }, (_, n) => flip(n)),
      { git: true },
    );
    expect(await made.run(made.input())).toMatchObject({ kind: "failed", calls: 2 + 12 + 6 });
  });

  it("bound what every tool answers", async () => {
    const made = await make([look, { calls: [{ tool: "fly", input: {} }] }, finish]);
    const folder = join(made.place.tree, "x".repeat(200), "y".repeat(200));
    mkdirSync(folder, { recursive: true });
    for (let n = 0; n < 300; n++) writeFileSync(join(folder, `${"z".repeat(200)}${n}`), "");
    expect(await made.run(made.input())).toMatchObject({ kind: "done" });
    const text = await transcript(made);
    expect(text).toContain("\n[cut]");
    expect(text.length).toBeLessThan(20_000);
  });

  it("give a repository's own instructions once, with the brief", async () => {
    const made = await make([look, finish], { feature: { touches: ["src/api"] } });
    mkdirSync(join(made.place.tree, "src"), { recursive: true });
    writeFileSync(join(made.place.tree, "AGENTS.md"), "Use tabs.\n");
    writeFileSync(join(made.place.tree, "src/CLAUDE.md"), "Keep it pure.\n");
    expect(await made.run(made.input())).toMatchObject({ kind: "done" });
    const text = await transcript(made);
    expect(text).toContain("AGENTS.md:\n```guidance\nUse tabs.\n```");
    expect(text.split("Keep it pure.")).toHaveLength(2);
  });
});
