/** Whatever an agent does wrong, its attempt ends in time, with a sentence, and with a true account. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "@jest/globals";
import { engineRepositoryPath } from "../../../activities/adapters/engine-repository.js";
import type { AgentDefinition } from "../../../domain/agents.js";
import type { AttemptOutcome } from "../../../domain/work.js";
import { faultDefinition, withFaulty } from "../../agents/fault-definition.js";
import { makeAttempts } from "../attempt-fixture.js";
import type { AttemptFixture, Wishes } from "../attempt-fixture.js";

let fixture: AttemptFixture;
afterEach(() => fixture.end());

async function attempts(
  fault: string,
  definition: Partial<AgentDefinition> = {},
  wishes: Partial<Wishes> & { given?: Parameters<typeof withFaulty>[1] } = {},
) {
  const { given, ...rest } = wishes;
  fixture = await makeAttempts({
    feature: { agent: "faulty", brief: "Write a file." },
    unsandboxed: true,
    agents: withFaulty(faultDefinition(fault, definition), given),
    ...rest,
  });
  return fixture;
}

const made = () => readdirSync(fixture.place.tree).sort();
const NO_SANDBOX = {
  sandbox: () => Promise.resolve({ works: false as const, why: "There is none." }),
  gatewayAddress: (listening: string) => Promise.resolve(listening),
};
/** What the agent was told, prompt by prompt. */
const heard = () =>
  readFileSync(join(fixture.place.home, "fault-agent.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as string);
/** Waits until a file is there, or the attempt is over. */
async function appears(path: string, running: Promise<unknown>): Promise<void> {
  const over = running.then(
    () => true,
    () => true,
  );
  while (!existsSync(path) && (await Promise.race([over, delay(20)])) !== true);
}
const checkpointOf = (outcome: AttemptOutcome) =>
  "checkpoint" in outcome ? { checkpoint: outcome.checkpoint } : {};

describe("an external agent", () => {
  it("does the feature it is briefed for, and its last words are the summary", async () => {
    const { run, input } = await attempts("");
    const outcome = await run(input({ notes: ["Be brief."] }));
    expect(outcome).toMatchObject({ kind: "done", summary: "Done in turn 1." });
    expect(made()).toEqual(["turn-1.txt"]);
    const [told] = heard();
    expect(told).toContain("Feature 1.1: Something");
    expect(told).toContain("Write a file.");
    expect(told).toContain("Be brief.");
  });

  it("that nothing meters needs a person's word", async () => {
    const { run, input, journal } = await attempts("", { unmetered: false });
    const outcome = await run(input());
    expect(outcome).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("unmetered: true"),
    });
    expect(await journal()).toHaveLength(1);
  });

  it("that nothing meters finds a copy of its login in its home while it works, and no longer", async () => {
    const { run, input, root, place } = await attempts("knows-login", {
      login: [".faulty/login.json"],
    });
    mkdirSync(join(root, ".faulty"));
    writeFileSync(join(root, ".faulty/login.json"), "logged in");
    expect(await run(input())).toMatchObject({ kind: "done", summary: "logged in" });
    expect(existsSync(join(place.home, ".faulty/login.json"))).toBe(false);
  });

  it("that is not installed is named with how to get it", async () => {
    const { run, input } = await attempts("", { command: ["no-such-agent-here"] });
    const reason = /no program no-such-agent-here. Get it with: npm install -g faulty/;
    expect(await run(input())).toMatchObject({
      kind: "failed",
      reason: expect.stringMatching(reason),
    });
  });

  it("that speaks an older protocol is refused with one sentence", async () => {
    const { run, input } = await attempts("old");
    expect(await run(input())).toMatchObject({
      kind: "failed",
      reason:
        "faulty speaks version 0 of the Agent Client Protocol, and version 1 is needed. Update it: npm install -g faulty",
    });
  });

  it("that ends before it begins is reported with its last words", async () => {
    const { run, input } = await attempts("ends-at-once");
    expect(await run(input())).toMatchObject({
      kind: "failed",
      reason: expect.stringMatching(/ended with 4 before it had begun.*no licence/),
      spent: { microUsd: 0, tokens: 0 },
    });
  });

  it("that dies in each turn is started again twice and then given up", async () => {
    const { run, input } = await attempts("dies");
    expect(await run(input())).toMatchObject({
      kind: "failed",
      reason: expect.stringMatching(/ended with 3 in the middle of its turn, 3 times.*out of luck/),
    });
    expect(heard()).toHaveLength(3);
  });

  it("that is killed in the middle of a turn loses that turn only, and takes its session up", async () => {
    const { run, input } = await attempts("dies-once");
    expect(await run(input())).toMatchObject({ kind: "done", summary: "Done in turn 2." });
    expect(made()).toEqual(["turn-1.txt", "turn-2.txt"]);
    expect(heard()[1]).toMatch(/^You were interrupted/);
  });

  it("that dies before it has shown that it heard is told everything again", async () => {
    const { run, input } = await attempts("dies-unheard");
    expect((await run(input({ notes: ["Mind the gap."] }))).kind).toBe("done");
    expect(heard()).toHaveLength(2);
    expect(heard()[1]).toBe(heard()[0]);
  });

  it("that says nothing more is ended after its silence", async () => {
    const { run, input } = await attempts("hangs", { silenceMs: 1_500 });
    const reason = "faulty said nothing for 1.5 s.";
    expect(await run(input())).toMatchObject({ kind: "failed", reason });
    expect(made()).toEqual(["turn-1.txt"]);
  });

  it("that never answers at all is ended with its group", async () => {
    const { run, input } = await attempts("deaf", { turnMs: 1_500 });
    const reason = "faulty did not end its turn within 1.5 s.";
    expect(await run(input())).toMatchObject({ kind: "failed", reason });
    expect(existsSync(join(fixture.place.attempt, "group.json"))).toBe(false);
  });

  it("is stopped in the middle of a turn, and goes on in the same session with what people said", async () => {
    const { environment, runIn, run, input, place } = await attempts("hangs");
    const here = environment();
    const running = runIn(here, input());
    await appears(join(place.tree, "turn-1.txt"), running);
    here.cancel("CANCELLED");
    const stopped = await running;
    expect(stopped.kind).toBe("stopped");
    const { slice } = input();
    const again = { slice: { ...slice, key: "1/1/1.1/2" }, notes: ["Mind the gap."] };
    const outcome = await run(input({ ...again, ...checkpointOf(stopped) }));
    expect(outcome).toMatchObject({ kind: "done", summary: "Done in turn 2." });
    expect(heard()[1]).toContain("Mind the gap.");
    expect(heard()[1]).not.toContain("Write a file.");
  });

  it("that cannot take a session up is told everything again, with what was done so far", async () => {
    const { environment, runIn, input, place } = await attempts("forgets", { env: { HANGS: "2" } });
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@localhost", ...args], {
        cwd: place.tree,
        encoding: "utf8",
      }).trim();
    mkdirSync(place.tree, { recursive: true });
    git("init", "-q");
    git("commit", "-q", "--allow-empty", "-m", "Base");
    mkdirSync(engineRepositoryPath(fixture.paths, input().feature.missionId), { recursive: true });
    git("init", "-q", "--bare", engineRepositoryPath(fixture.paths, input().feature.missionId));
    const workspace = { ...input().workspace, baseCommit: git("rev-parse", "HEAD") };
    const stopIn = async (turn: number, given: Parameters<typeof input>[0]) => {
      const here = environment();
      const running = runIn(here, input({ workspace, ...given }));
      await appears(join(place.tree, `turn-${turn}.txt`), running);
      // By this a later attempt finds and ends it.
      expect(existsSync(join(place.attempt, "group.json"))).toBe(true);
      here.cancel("CANCELLED");
      return running;
    };
    const stopped = await stopIn(1, {});
    const { slice } = input();
    await stopIn(2, { slice: { ...slice, key: "1/1/1.1/2" }, ...checkpointOf(stopped) });
    expect(heard()[1]).toContain("Write a file.");
    expect(heard()[1]).toContain("+made");
  });

  it("is answered each time it asks leave, as far as its workspace goes", async () => {
    const { run, input } = await attempts("asks", { env: { OUTSIDE: "/etc/passwd" } });
    expect(await run(input())).toMatchObject({
      kind: "done",
      summary: "inside true, outside false, mode false",
    });
  });

  it("cannot write outside of its workspace, whatever it tries", async () => {
    const folder = mkdtempSync(join(tmpdir(), "outside-"));
    const outside = join(folder, "mine.txt");
    const { run, input } = await attempts("outside", { env: { OUTSIDE: outside } });
    expect((await run(input())).kind).toBe("done");
    expect(existsSync(outside)).toBe(false);
    rmdirSync(folder);
  });

  it("may write what is no message between its messages", async () => {
    const { run, input } = await attempts("garbage");
    expect((await run(input())).kind).toBe("done");
  });

  it.each([
    ["babbles", /it wrote \d+ lines that are no messages/],
    ["floods", /it wrote a line of more than \d+ bytes/],
  ])("that %s is ended, and little of it is kept", async (fault, reason) => {
    const limits = { lineBytes: 1_000_000, totalBytes: 50_000_000, garbageLines: 2_000 };
    const { run, input } = await attempts(fault, {}, { given: { limits } });
    expect(await run(input())).toMatchObject({
      kind: "failed",
      reason: expect.stringMatching(reason),
    });
  });

  it("that refuses is reported with its reason", async () => {
    const { run, input } = await attempts("refuses");
    const reason = "faulty refused: I will not do this.";
    expect(await run(input())).toMatchObject({ kind: "failed", reason });
  });

  it("that is cut off at a limit goes on in another turn", async () => {
    const { run, input } = await attempts("cut");
    expect((await run(input())).kind).toBe("done");
    expect(heard()).toHaveLength(3);
  });

  it("that meets an error says which", async () => {
    const { run, input } = await attempts("errors");
    const reason = "faulty could not go on: the provider is gone";
    expect(await run(input())).toMatchObject({ kind: "failed", reason });
  });

  it("that wants a login gets the one that needs no person", async () => {
    const { run, input } = await attempts("wants-login", { authMethods: ["by-key"] });
    expect((await run(input())).kind).toBe("done");
    await fixture.end();
    const other = await attempts("wants-login");
    expect(await other.run(other.input())).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("began no session: Authentication required"),
    });
  });

  it("does not run on this host where there is neither a sandbox nor leave", async () => {
    const { run, input } = await attempts(
      "",
      {},
      { unsandboxed: false, given: { commands: NO_SANDBOX } },
    );
    expect(await run(input())).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("only in a sandbox. There is none."),
    });
  });
});
