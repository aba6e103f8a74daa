import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { createAgentSlots } from "../../activities/adapters/agent-slots.js";
import type { FeatureRef } from "../../domain/work.js";
import { countHeldSlots } from "../../store/agent-slots.js";
import { makeFolder, removeAll } from "./mission-fixture.js";

let root: string;
let folder: string;
beforeEach(async () => {
  root = await makeFolder();
  folder = join(root, "slots");
});
afterEach(() => removeAll(root));

const feature = (featureId: string, missionId = "m-20260304-abc123"): FeatureRef => ({
  missionId,
  generation: 1,
  milestoneId: "1",
  featureId,
  planHash: "",
});
const signal = new AbortController().signal;
const isGiven = (leave: Promise<void>) =>
  Promise.race([leave.then(() => true), new Promise((resolve) => setImmediate(resolve, false))]);

describe("the slots of a host", () => {
  it("let no more features in than there are, over all missions, and one more for each that leaves", async () => {
    const slots = createAgentSlots({ folder, slots: 2 });
    await slots.awaitLeave(signal);
    await slots.begin(feature("1.1"));
    slots.endLeave();
    await slots.awaitLeave(signal);
    await slots.begin(feature("1.1", "m-20260304-other1"));
    slots.endLeave();
    const third = slots.awaitLeave(signal);
    expect(await isGiven(third)).toBe(false);
    await slots.giveBack(feature("1.1"));
    await third;
  });

  it("count leaves that are out, so that two questions for one slot do not both let a feature in", async () => {
    const slots = createAgentSlots({ folder, slots: 1 });
    await slots.awaitLeave(signal);
    const second = slots.awaitLeave(signal);
    expect(await isGiven(second)).toBe(false);
    slots.endLeave();
    await second;
  });

  it("are known to a worker that starts again", async () => {
    await createAgentSlots({ folder, slots: 1 }).begin(feature("1.1"));
    const again = createAgentSlots({ folder, slots: 1 });
    expect(await isGiven(again.awaitLeave(signal))).toBe(false);
    await again.giveBack(feature("1.1"));
    expect(await countHeldSlots(folder)).toBe(0);
  });

  it("are given back by the stay that holds them, and not by an earlier one", async () => {
    const slots = createAgentSlots({ folder, slots: 1 });
    const first = await slots.begin(feature("1.1"));
    const second = await slots.begin(feature("1.1"));
    expect(await slots.giveBack(feature("1.1"), first)).toBe(false);
    expect(await countHeldSlots(folder)).toBe(1);
    expect(await slots.giveBack(feature("1.1"), second)).toBe(true);
    expect(await slots.giveBack(feature("1.1"), second)).toBe(true);
    expect(await countHeldSlots(folder)).toBe(0);
  });

  it("are taken again by one that comes back from a wait, even above their number", async () => {
    const slots = createAgentSlots({ folder, slots: 1 });
    await slots.begin(feature("1.1"));
    await slots.giveBack(feature("1.1"));
    await slots.begin(feature("1.2"));
    await slots.take(feature("1.1"));
    await slots.take(feature("1.1"));
    expect(await countHeldSlots(folder)).toBe(2);
  });

  it("are looked at when they are all held and something waits; features that are over lose theirs", async () => {
    const cleared: string[] = [];
    const slots = createAgentSlots({
      folder,
      slots: 1,
      onFull: (full) => {
        void full.sweep({
          isOver: ({ featureId }) => Promise.resolve(featureId === "1.1"),
          clear: async ({ featureId }) => {
            cleared.push(featureId);
            await Promise.resolve();
          },
        });
      },
    });
    await slots.begin(feature("1.1"));
    await slots.awaitLeave(signal);
    expect(cleared).toEqual(["1.1"]);
  });

  it("are not lost to a file that a power cut has emptied", async () => {
    const isOver = () => Promise.resolve(false);
    const clear = () => Promise.resolve();
    const slots = createAgentSlots({
      folder,
      slots: 2,
      onFull: (full) => void full.sweep({ isOver, clear }),
    });
    await slots.begin(feature("1.1"));
    await slots.begin(feature("1.2"));
    await truncate(join(folder, "m-20260304-abc123~1.1.json"));
    await slots.awaitLeave(signal);
    expect(await countHeldSlots(folder)).toBe(1);
  });

  it("stop waiting when the worker ends", async () => {
    const slots = createAgentSlots({ folder, slots: 1 });
    await slots.begin(feature("1.1"));
    const ending = new AbortController();
    const waiting = slots.awaitLeave(ending.signal);
    ending.abort();
    await expect(waiting).rejects.toThrow();
  });
});
