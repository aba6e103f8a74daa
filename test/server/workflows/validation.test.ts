import { describe, expect, it } from "@jest/globals";
import { ApplicationFailure } from "@temporalio/activity";
import type { CommandReply } from "../../../domain/commands.js";
import { snapshotQuery } from "../../../workflows/messages.js";
import { done } from "../../helpers/fake-activities.js";
import {
  decide,
  fails,
  ONE_MILESTONE,
  passes,
  PLAN,
  reportOf,
  validatedWorld,
  whenAsked,
} from "../../helpers/validated-world.js";
import { until, withWorker } from "../../helpers/with-worker.js";

const storyOf = ({ story }: { story: { text: string }[] }) => story.map(({ text }) => text);

describe("a milestone that fails its validation", () => {
  it("gets a feature of the engine's own that mends it, and passes in the next round", async () => {
    const world = validatedWorld([() => fails(1)]);
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(ONE_MILESTONE);
      expect(await handle.result()).toMatchObject({
        status: "completed",
        summary: "completed: 2 of 2 features done",
      });
      const seen = await handle.query(snapshotQuery);
      expect(seen.features.map(({ id, status }) => `${id} ${status}`).sort()).toEqual([
        "1.1 done",
        "1.fix-1 done",
      ]);
      expect(seen.milestones[0]).toEqual({
        id: "1",
        title: "First",
        status: "done",
        featuresDone: 2,
        featuresTotal: 2,
      });
      const extended = seen.story.find(({ text }) => text.startsWith("1.fix-1 is added"));
      expect(extended?.by).toEqual({ who: "missions", from: "engine" });
      expect(extended?.text).toContain(seen.planHash.slice(0, 12));
    });
    expect(world.files.at(-1)?.milestones[0]?.exit).toEqual(reportOf(2));
    expect(world.validated.map(({ round }) => round)).toEqual([1, 2]);
    const [{ change, planHash } = { change: undefined, planHash: "" }] = world.extended;
    expect({ change, planHash }).toEqual({
      change: { kind: "fix", round: 1, report: reportOf(1) },
      planHash: PLAN,
    });
    // mission.md is written with the extended plan, and says why it goes on in between.
    expect(world.files.at(-1)?.planHash).toBe(world.validated[1]?.planHash);
    const seenAs = world.files.map(({ status, milestones }) => `${status}: ${milestones[0]?.note}`);
    const failed = "round 1 failed: critical: the service does not answer";
    expect(seenAs).toContain(`active: 1.fix-1 mends it; ${failed}`);
    expect(seenAs).toContain(`validating: round 2; ${failed}`);
  });

  it("pauses the mission with a diagnosis after three rounds, and mends on with a person's word", async () => {
    const notes: Record<string, string[]> = {};
    const world = validatedWorld([() => fails(1), () => fails(2), () => fails(3)], {
      runAttempt: async ({ feature, notes: told }) => {
        notes[feature.featureId] = told;
        return done();
      },
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(ONE_MILESTONE);
      const { seen, gate } = await whenAsked(handle);
      expect(seen.status).toBe("paused");
      expect(gate.question.split("\n")).toHaveLength(4);
      expect(gate.options.map(({ choice }) => choice)).toEqual(["retry", "fix", "accept", "stop"]);
      const reply = await handle.executeUpdate<CommandReply, [object]>("resume", { args: [{}] });
      expect(reply.applied).toBe(false);
      expect(reply.message).toContain(`decide ${seen.missionId} ${gate.id} retry|fix|accept|stop`);
      await decide(handle, gate.id, "fix", "listen on the port that PORT names");
      expect((await handle.result()).status).toBe("completed");
    });
    expect(world.extended.map(({ change }) => change)).toEqual(
      [1, 2, 3].map((round) => ({ kind: "fix", round, report: reportOf(round) })),
    );
    expect(notes["1.fix-3"]).toEqual(["listen on the port that PORT names"]);
    expect(notes["1.fix-2"]).toEqual([]);
    expect(world.files.some(({ commit }) => commit === "paused for a decision")).toBe(true);
  });

  it("goes on with findings that a person accepts, and says who did", async () => {
    const world = validatedWorld([() => fails(1), () => fails(2), () => fails(3)]);
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(ONE_MILESTONE);
      const { gate } = await whenAsked(handle);
      await decide(handle, gate.id, "accept", "the port is a matter of the next milestone");
      expect((await handle.result()).status).toBe("completed");
      const { story } = await handle.query(snapshotQuery);
      const accepted = story.find(({ text }) => text.startsWith("What blocks milestone 1"));
      expect(accepted?.by?.who).toBe("ann");
      expect(accepted?.text).toContain("the port is a matter of the next milestone");
    });
    expect(world.validated.map(({ accepted }) => accepted)).toEqual([
      ...[undefined, undefined, undefined],
      [{ report: reportOf(3), by: "ann, test" }],
    ]);
  });

  it("asks at once where nobody can mend it, and counts the rounds anew afterwards", async () => {
    const why = "All of it was built by scripts or people.";
    const world = validatedWorld([() => fails(1)], {
      extendPlan: async () => ({ kind: "impossible", why }),
    });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(ONE_MILESTONE);
      const { seen, gate } = await whenAsked(handle);
      expect(seen.status).toBe("paused");
      expect(gate.question).toContain(why);
      expect(gate.options.map(({ choice }) => choice)).toEqual(["retry", "accept", "stop"]);
      await decide(handle, gate.id, "retry");
      expect((await handle.result()).status).toBe("completed");
    });
  });

  it("asks by another name where the mending that a person chose cannot be done, so that it is announced", async () => {
    const world = validatedWorld([() => fails(1), () => fails(2), () => fails(3)]);
    const { extendPlan } = world.activities;
    world.activities.extendPlan = async (input) =>
      world.extended.length < 2
        ? extendPlan(input)
        : { kind: "impossible", why: "A tool is missing." };
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(ONE_MILESTONE);
      const first = (await whenAsked(handle)).gate;
      await decide(handle, first.id, "fix");
      const asked = await until(
        () => handle.query(snapshotQuery),
        ({ gates }) => gates.some(({ question }) => question.includes("A tool is missing.")),
        "the second question",
      );
      expect(asked.gates.map(({ id }) => id)).not.toContain(first.id);
      await handle.executeUpdate("cancel", { args: [{}] });
      await handle.result();
    });
    expect(world.announced.filter((key) => key.includes("gate/milestone"))).toHaveLength(2);
  });

  it("offers nothing to accept where it could not be validated at all", async () => {
    const world = validatedWorld([
      () => {
        throw ApplicationFailure.nonRetryable("The repository is gone.", "RepositoryUnusable");
      },
    ]);
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(ONE_MILESTONE);
      const { gate } = await whenAsked(handle);
      expect(gate.question).toContain("The repository is gone.");
      expect(gate.options.map(({ choice }) => choice)).toEqual(["retry", "stop"]);
      await decide(handle, gate.id, "stop");
      expect((await handle.result()).status).toBe("cancelled");
    });
    expect(world.extended).toEqual([]);
  });
});

describe("a milestone without checks", () => {
  it("is validated where it has a repository: its own tests count", async () => {
    const world = validatedWorld([() => passes(1)], {}, { checks: 0 });
    await withWorker(world.activities, async ({ start }) => {
      const handle = await start(ONE_MILESTONE);
      await handle.result();
      expect(storyOf(await handle.query(snapshotQuery))).toContain(
        "Milestone 1 passed: 2 of 2 checks pass",
      );
    });
    expect(world.validated).toHaveLength(1);
  });

  it("is done at once in a plain folder, unless it has pages to look at", async () => {
    for (const [ui, times] of [
      [undefined, 0],
      [true as const, 1],
    ] as const) {
      const world = validatedWorld([], {}, { checks: 0, ...(ui && { ui }) });
      await withWorker(world.activities, async ({ start }) => {
        const handle = await start({ ...ONE_MILESTONE, workspace: "folder" });
        expect((await handle.result()).status).toBe("completed");
      });
      expect(world.validated).toHaveLength(times);
    }
  });
});
