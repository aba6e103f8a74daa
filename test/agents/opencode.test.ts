/** OpenCode, as people use it, does a feature through the gateway; its account is the provider's, to the token. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { createAcpAgent } from "../../activities/adapters/acp/acp-agent.js";
import { createGateway } from "../../activities/adapters/gateway/gateway.js";
import { createRateLimits } from "../../activities/adapters/rate-limits.js";
import { createCheckActivities } from "../../activities/checks.js";
import { externalAgents } from "../../config/agents.js";
import type { AgentDefinition } from "../../domain/agents.js";
import type { ChecksInput, ChecksOutcome } from "../../domain/work.js";
import { readFeatureEvents } from "../../store/feature-record.js";
import { writeWhole } from "../../store/files.js";
import { createGit } from "../../store/git.js";
import { makeAttempts } from "../activities/attempt-fixture.js";
import type { AttemptFixture, Wishes } from "../activities/attempt-fixture.js";
import { startProvider, usage } from "../activities/gateway/scripted-provider.js";
import type { Asked, ScriptedProvider, Turn } from "../activities/gateway/scripted-provider.js";
import { installed } from "./installed.js";

let opencode: AgentDefinition;
let provider: ScriptedProvider;
let fixture: AttemptFixture;

beforeAll(async () => {
  const place = await installed("opencode-ai", "1.18.33");
  execFileSync(process.execPath, [join(place, "postinstall.mjs")], { cwd: place });
  const command = [join(place, "bin", "opencode.exe"), "acp"];
  const known = externalAgents({ opencode: { command } }).get("opencode");
  if (known === undefined) throw new Error("opencode is not known");
  opencode = known;
});
afterEach(async () => {
  await fixture.end();
  await provider.stop();
});

const CHECK = {
  id: "1.1.a",
  sentence: "It greets.",
  verify: { method: "bash" as const, run: "grep -q hello hello.txt" },
};

async function mission(
  turnAt: (request: number, asked: Asked) => Turn,
  wishes: Partial<Wishes> = {},
) {
  provider = await startProvider(turnAt);
  fixture = await makeAttempts({
    feature: { agent: "opencode", brief: "Write hello.txt that says hello.", checks: [CHECK] },
    agents: (ports) => ({
      opencode: createAcpAgent(opencode, {
        ...ports,
        userHome: ports.root,
        gateway: createGateway({ ...ports, limits: createRateLimits() }),
        scrub: (text) => text,
      }),
    }),
    ...wishes,
  });
  const { port } = new URL(provider.baseUrl);
  await writeWhole(
    join(fixture.paths.run, "demo-model.json"),
    JSON.stringify({ port: Number(port) }),
  );
  return fixture;
}

/** What a model would answer: names the session, writes the file, says that it is done; each call is billed its own sum. */
const greeter =
  (inputTokens = 1_000) =>
  (request: number, { body }: Asked): Turn => {
    const bill = usage({
      inputTokens: inputTokens + request,
      outputTokens: 30 + request,
      cacheReadTokens: 10 * request,
    });
    const { messages, tools } = body as { messages: { role: string }[]; tools?: unknown[] };
    if ((tools ?? []).length === 0) return { text: ["A greeting"], usage: bill };
    if (messages.some(({ role }) => role === "tool"))
      return { text: ["hello.txt ", "greets."], usage: bill };
    const input = { filePath: join(fixture.place.tree, "hello.txt"), content: "hello\n" };
    return { text: ["I write it."], tool: { name: "write", input }, usage: bill };
  };

async function check(): Promise<ChecksOutcome> {
  const { path, paths, blobs, commands } = fixture.ports;
  const { runChecks } = createCheckActivities({
    paths,
    blobs,
    commands,
    git: createGit({ path, home: join(fixture.root, "no-home") }),
    clock: { now: Date.now, sleepsSince: () => [] },
    scrub: (text) => text,
  });
  const { feature, workspace, commandMs } = fixture.input();
  return fixture.environment().run<[ChecksInput], ChecksOutcome, typeof runChecks>(runChecks, {
    feature,
    workspace,
    commandMs,
  });
}

describe("OpenCode", () => {
  it("does a feature through the gateway, and the journal is the provider's bill to the token", async () => {
    const { run, input, place, journal, prices, paths } = await mission(greeter());
    const outcome = await run(input());
    expect(outcome).toMatchObject({ kind: "done", summary: "hello.txt greets." });
    expect(readFileSync(join(place.tree, "hello.txt"), "utf8")).toBe("hello\n");
    expect(await check()).toMatchObject({ passed: true, ran: 1 });

    expect(provider.bill.length).toBeGreaterThanOrEqual(2);
    const closed = (await journal()).filter((entry) => entry.state === "closed");
    expect(closed.map(({ tokens }) => tokens)).toEqual(
      provider.bill.map((call) => ({
        input: call.inputTokens,
        cacheRead: call.cacheReadTokens,
        cacheWrite: call.cacheWriteTokens,
        output: call.outputTokens,
        reasoning: call.reasoningTokens,
      })),
    );
    const billed = {
      tokens: provider.bill.reduce((sum, call) => sum + call.inputTokens + call.outputTokens, 0),
      microUsd: provider.bill.reduce(
        (sum, call) => sum + prices.costMicroUsd("demo/canned", call),
        0,
      ),
    };
    expect(outcome.spent).toEqual(billed);
    const { missionId } = input().feature;
    const events = await readFeatureEvents(paths.features, missionId, "1.1");
    expect(events.find(({ kind }) => kind === "usage")).toMatchObject({
      guarantee: "before each call",
      metered: { calls: provider.bill.length, ...billed },
    });
  });

  it("that may not pay its next call is ended, asks for more, and then goes on in its session", async () => {
    const { run, input } = await mission(greeter(60_000));
    const { slice } = input();
    const first = await run(
      input({ slice: { ...slice, amount: { ...slice.amount, tokens: 150_000 } } }),
    );
    expect(first.kind).toBe("needs-more");
    const paid = () =>
      provider.bill.reduce((sum, call) => sum + call.inputTokens + call.outputTokens, 0);
    expect(first.spent.tokens).toBe(paid());
    expect(first.spent.tokens).toBeLessThanOrEqual(150_000);

    const more = { ...slice, key: "1/1/1.1/2", amount: { ...slice.amount, tokens: 1_000_000 } };
    const checkpoint = "checkpoint" in first ? { checkpoint: first.checkpoint } : {};
    const second = await run(input({ slice: more, ...checkpoint }));
    expect(second.kind).toBe("done");
    expect(second.spent.tokens).toBe(paid() - first.spent.tokens);
    const last = JSON.stringify(provider.asked.at(-1)?.body);
    expect(last).toContain("You were interrupted.");
    expect(last.split("Write hello.txt that says hello.")).toHaveLength(2);
  });
});
