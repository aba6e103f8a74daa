import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { MockActivityEnvironment } from "@temporalio/testing";
import { createCommandPort } from "../../activities/adapters/command.js";
import { createAnnounceActivities } from "../../activities/announce.js";
import { FAILURE } from "../../domain/failures.js";
import { enginePaths, type EnginePaths } from "../../store/engine-paths.js";

let root: string;
let paths: EnginePaths;
let seen: string;
const input = {
  missionId: "m-20260801-abc123",
  title: "Build a CRM",
  key: "1/gate/plan",
  question: "Start?\n$(touch pwned) `id` \u001b[31m",
  command: "npx missions approve m-20260801-abc123",
};
const announce = (onGateCommand: string | undefined, more: Partial<typeof input> = {}) => {
  const { announce: run } = createAnnounceActivities({
    paths,
    clock: { now: () => 0, sleepsSince: () => [] },
    commands: createCommandPort({ path: process.env["PATH"] ?? "" }),
    onGateCommand,
  });
  return new MockActivityEnvironment().run(run, { ...input, ...more });
};
const told = () => readFile(seen, "utf8").catch(() => "");
const markers = () => readdir(join(paths.state, "announced", input.missionId)).catch(() => []);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "announce-"));
  paths = enginePaths(join(root, "engine"));
  seen = join(root, "seen");
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

it("runs the person's command with mission, title, question and answer in its environment", async () => {
  await announce(
    `env | grep -c -i -E 'key|token|secret' > ${seen}; printf '%s|' "$MISSIONS_GATE_MISSION" "$MISSIONS_GATE_TITLE" "$MISSIONS_GATE_QUESTION" "$MISSIONS_GATE_COMMAND" >> ${seen}`,
  );
  expect(await told()).toBe(
    `0\n${input.missionId}|${input.title}|Start?\n$(touch pwned) \`id\`|${input.command}|`,
  );
});

it("says each thing once, also when several ask at the same time, and another thing again", async () => {
  const command = `echo "$MISSIONS_GATE_QUESTION" >> ${seen}`;
  await Promise.all([1, 2, 3].map(() => announce(command, { question: "one" })));
  await announce(command, { question: "one" });
  await announce(command, { question: "two", key: "1/gate/budget" });
  expect(await told()).toBe("one\ntwo\n");
});

it("does not fail when the command fails, and does not repeat it", async () => {
  const command = `echo x >> ${seen}; exit 3`;
  await announce(command);
  await announce(command);
  expect(await told()).toBe("x\n");
});

it("only remembers what was to be said where no command is set", async () => {
  await announce(undefined);
  expect(await markers()).toHaveLength(1);
  await announce(`echo x > ${seen}`);
  expect(await told()).toBe("");
});

it("takes no path from an id or a key", async () => {
  await expect(announce(undefined, { missionId: "../../x" })).rejects.toMatchObject({
    type: FAILURE.missingRecord,
  });
  await announce(undefined, { key: "../../../x" });
  expect(await markers()).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
});
