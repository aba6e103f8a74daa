/** Milestones that do not pass at first, with the real engine: mended by a feature of its own, or by a person's decision after three rounds. */
import { afterEach, describe, expect, it } from "@jest/globals";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readPlanVersions } from "../../store/plan-history.js";
import { startModelServer, type ModelServer } from "../../workers/demo-model-server.js";
import type { CannedTurn } from "../../workers/demo-replies.js";
import { testAddress } from "../helpers/with-worker.js";
import { announceModel, openEngine, until, type Engine } from "./engine.js";
import { filesOf, recordOf, untilEnded, untilSeen } from "./outcome.js";
import { startFromPlan } from "./start.js";

let engine: Engine | undefined;
let model: ModelServer | undefined;
afterEach(async () => {
  await engine?.close();
  await model?.stop();
});

/** One command, and the word that it is done. */
const does = (command: string): CannedTurn[] => [
  { calls: [{ tool: "run", input: { command } }] },
  { say: "Done." },
];
const check = (sentence: string, run: string) => ({ sentence, verify: { method: "bash", run } });

const planOf = (commandOfCheck: string) => ({
  title: "A greeting",
  goal: "Greet everyone.",
  mode: "poc",
  budget: { money_usd: 5, time_hours: 1, token_limit: 1_000_000 },
  model_routing: { workers: "demo/canned" },
  milestones: [
    {
      title: "The greeting",
      checks: [
        check("It greets", commandOfCheck),
        { sentence: "It sounds friendly", verify: { method: "person" } },
      ],
      features: [
        {
          title: "Write it",
          brief: "Write a greeting.",
          checks: [check("It is there", "test -e greeting.txt")],
          estimate: { usd: 0.1, hours: 0.1, tokens: 50_000 },
        },
      ],
    },
  ],
});

async function begin(replies: Record<string, CannedTurn[]>, commandOfCheck: string) {
  const open = (engine = await openEngine(testAddress()));
  model = await startModelServer({ replies });
  await announceModel(open.paths, model.port);
  await open.startWorker();
  const { missionId } = await startFromPlan(open, planOf(commandOfCheck));
  const missionFile = async () => {
    const { folder } = await recordOf(open, missionId);
    return (await readFile(join(folder, "mission.md"), "utf8")).replaceAll("\\", "");
  };
  const decide = (gate: string, choice: string, note: string) =>
    open.client.workflow
      .getHandle(`mission/${missionId}`)
      .executeUpdate("decide", { args: [{ gate, choice, note, by: { who: "ann", from: "cli" } }] });
  return { open, missionId, missionFile, decide };
}

/** The Exit report, without what differs from run to run. */
const exitOf = (text: string): string =>
  (/### Exit report of milestone 1:[^]*?(?=<!-- end of exit report 1 -->)/.exec(text)?.[0] ?? "")
    .replace(/on commit `\w{10}`, .*? UTC, in .*? on host \S+\./, "on COMMIT.")
    .replaceAll(/\d+ (?:ms|s|min)\b/g, "TIME")
    .trim();

describe("a milestone that does not pass", () => {
  it("is mended by a fix feature and passes, as mission.md and the plan's history tell", async () => {
    const replies = {
      "1.1": does("echo goodbye > greeting.txt"),
      "1.fix-1": does("echo hello > greeting.txt"),
    };
    const { open, missionId, missionFile } = await begin(replies, "grep -q hello greeting.txt");
    expect(await untilEnded(open, missionId)).toBe("completed");
    const record = await recordOf(open, missionId);
    expect(await filesOf(record)).toMatchObject({ "greeting.txt": "hello" });

    const text = await missionFile();
    expect(exitOf(text)).toBe(
      [
        "### Exit report of milestone 1: The greeting",
        "",
        "**Passed** in round 2 on COMMIT.",
        "",
        "| Seen | What | Verdict | Time | Tests | Evidence |",
        "| --- | --- | --- | --- | --- | --- |",
        "| 1.a | It greets | passed | TIME |  | grep -q hello greeting.txt: exit 0 in TIME |",
        "| 1.1.a | It is there | passed | TIME |  | test -e greeting.txt: exit 0 in TIME |",
        "",
        "Findings:",
        "",
        "- **minor**: The repository has no tests that the engine could find: name them in the plan's tests, or add a test script.",
        "",
        "Judged by demo/canned: This canned judge has nothing to add.",
        "",
        "Not seen by the engine, for a person to look at:",
        "",
        "- 1.b: It sounds friendly",
      ].join("\n"),
    );
    expect(text).toMatch(
      /\| 1\.fix-1 \| Mend what validation found \(round 1\) \| code \| done \| builtin \|/,
    );
    expect(text).toMatch(
      /1\.fix-1 is added to mend what validation found in round 1 \(plan \w{12}\)\. \(missions, engine\)/,
    );
    expect(text).toMatch(/id: "?1\.fix-1"?\n/);
    const versions = await readPlanVersions(open.paths.plans, record);
    expect(versions.map(({ by, why }) => [by?.from, why?.slice(0, 30)])).toEqual([
      [undefined, "as the mission began"],
      ["engine", "1.fix-1 is added to mend what "],
    ]);
    expect(record.planHash).toBe(versions[1]?.planHash);
  }, 120_000);

  it("pauses after three rounds with its diagnosis, and goes on as a person decides", async () => {
    // Right in the workspace, and never part of a commit.
    const again = (n: number) => does(`echo hello > greeting.txt; echo ${n} > note-${n}.txt`);
    const replies = {
      "1.1": does("echo greeting.txt > .gitignore; echo hello > greeting.txt"),
      "1.fix-1": again(1),
      "1.fix-2": again(2),
      "1.fix-3": does("echo node_modules > .gitignore; echo hello > greeting.txt"),
    };
    const begun = await begin(replies, "grep -q hello greeting.txt");
    const { open, missionId, missionFile, decide } = begun;
    const seen = await untilSeen(open, missionId, ({ gates }) => gates.length > 0, "a gate");
    expect(seen.status).toBe("paused");
    const [gate] = seen.gates;
    const finding = 'critical, Check 1.a "It greets" failed: exit 2 in';
    const lines = (gate?.question ?? "").split("\n");
    expect(lines[0]).toBe("Milestone 1 failed 3 rounds in a row.");
    expect(lines[1]).toContain(`Round 1: 2 findings block: ${finding}`);
    expect(lines[1]).toContain("Then 1.fix-1: done.");
    expect(lines[2]).toBe("Round 2: the same 2 again. Then 1.fix-2: done.");
    expect(lines[3]).toBe("Round 3: the same 2 again.");
    expect(lines[4]).toContain(`In every round: ${finding}`);
    expect(lines[5]).toContain("Exit report of milestone 1");
    const paused = await until(
      missionFile,
      (text) => exitOf(text).includes("in round 3") && /^status: paused$/m.test(text),
      "a mission.md that says so",
    );
    expect(exitOf(paused)).toContain("**Did not pass** in round 3 on COMMIT.");
    expect(exitOf(paused)).toContain(
      '- **critical**: Check 1.a "It greets" failed: exit 2 in TIME, 3 times.',
    );

    await decide(gate?.id ?? "", "fix", "greeting.txt is ignored by git");
    expect(await untilEnded(open, missionId)).toBe("completed");
    expect(await filesOf(await recordOf(open, missionId))).toMatchObject({
      "greeting.txt": "hello",
    });
    const text = await missionFile();
    expect(exitOf(text)).toContain("**Passed** in round 4 on COMMIT.");
    expect(text).toContain("1.fix-3 is added to mend what validation found in round 3");
    expect(text).toMatch(/another round of mending.*\(ann, cli\)/);
  }, 120_000);
});
