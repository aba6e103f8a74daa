import { afterEach, describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { createCommandPort } from "../../activities/adapters/command.js";
import { readPlan } from "../../domain/read-plan.js";
import { readReplies } from "../../workers/demo-replies.js";
import { makeAttempts } from "./attempt-fixture.js";
import type { AttemptFixture } from "./attempt-fixture.js";

const example = join(process.cwd(), "examples", "web-service");
let made: AttemptFixture | undefined;
afterEach(async () => {
  await made?.end();
});

describe("the demo's canned replies", () => {
  it("build the whole example, so that every check passes and none passes before", async () => {
    const plan = readPlan(parse(readFileSync(join(example, "plan.yaml"), "utf8")));
    made = await makeAttempts({
      plan,
      server: { replies: readReplies(join(example, "replies.yaml")) },
    });
    const { place, input } = made;
    const commands = createCommandPort({ path: process.env["PATH"] ?? "" });
    const passes = async (run: string) => {
      const { exitCode, output } = await commands.run({
        command: run,
        cwd: place.tree,
        timeoutMs: 60_000,
        outputLimitBytes: 4_000,
        signal: new AbortController().signal,
        env: { HOME: place.home },
      });
      return exitCode === 0 || output;
    };
    for (const milestone of plan.milestones) {
      for (const feature of milestone.features) {
        const runs = feature.checks.flatMap(({ verify }) =>
          verify.method === "bash" ? [verify.run] : [],
        );
        if (feature.id !== "1.1") for (const run of runs) expect(await passes(run)).not.toBe(true);
        const usd = feature.estimate.usd * 1_000_000;
        const outcome = await made.run(
          input({
            feature: { ...input().feature, milestoneId: milestone.id, featureId: feature.id },
            slice: {
              key: `1/${milestone.id}/${feature.id}/1`,
              amount: { microUsd: usd, tokens: feature.estimate.tokens },
              activeMsLeft: 3_600_000,
            },
          }),
        );
        expect(outcome).toMatchObject({ kind: "done" });
        for (const run of runs) expect(await passes(run)).toBe(true);
      }
      for (const { verify } of milestone.checks)
        if (verify.method === "bash") expect(await passes(verify.run)).toBe(true);
    }
    expect(readFileSync(join(place.handover, "scripts/smoke.sh"), "utf8")).toContain("smoke test");
    expect(readFileSync(join(place.handover, "assets/routes.svg"), "utf8")).toContain("<svg");
    // 1.2 fails a test on purpose and mends it; every other answer is used once.
    expect(made.server.calls.map(({ feature, turn }) => `${feature}/${turn}`)).toEqual(
      Object.entries(readReplies(join(example, "replies.yaml"))).flatMap(([id, turns]) =>
        turns.map((_, turn) => `${id}/${turn}`),
      ),
    );
  });
});
