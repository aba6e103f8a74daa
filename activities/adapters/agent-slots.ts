/** The slots of this host: what holds them is on disk, and what waits for one is woken when one is given back. */
import { randomBytes } from "node:crypto";
import type { FeatureRef } from "../../domain/work.js";
import {
  countHeldSlots,
  type HeldSlot,
  listHeldSlots,
  readHeldSlot,
  removeHeldSlot,
  removeTornSlots,
  writeHeldSlot,
} from "../../store/agent-slots.js";
import type { SlotPort } from "../hosts-ports.js";
import { oneAtATime } from "./one-at-a-time.js";

export interface Sweeping {
  isOver: (slot: HeldSlot) => Promise<boolean>;
  /** Removes what the feature left on this host. */
  clear: (slot: HeldSlot) => Promise<void>;
}

export interface AgentSlots extends SlotPort {
  /**
   * For the poller of the placement queue: resolves when a slot is free that no other leave is out for. Each leave is ended
   * by `endLeave`. Contract: rejects when the signal is aborted.
   */
  awaitLeave(signal: AbortSignal): Promise<void>;
  endLeave(): void;
  /** Gives back the slots of features that are over, after `clear`. */
  sweep(sweeping: Sweeping): Promise<void>;
}

/** The stay of a slot that was taken again: which one it was is not known any more. */
const AGAIN = "again";
/** Another worker process of this host gives slots back too. */
const LOOK_EVERY_MS = 1_000;

/** @param options.onFull asked to `sweep` while something waits, because a feature may have ended without a word to this host. */
export function createAgentSlots(options: {
  folder: string;
  slots: number;
  onFull?: (slots: AgentSlots) => void;
}): AgentSlots {
  const { folder, slots } = options;
  let leaves = 0;
  const waiting = new Set<() => void>();
  const wakeAll = () => {
    for (const wake of [...waiting]) wake();
  };
  const change = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, LOOK_EVERY_MS);
      signal.addEventListener("abort", done, { once: true });
      waiting.add(done);
    });
  const alone = <T>(run: () => Promise<T>) => oneAtATime(`slots of ${folder}`, run);

  const hold = async (feature: FeatureRef, stay = randomBytes(6).toString("hex")) => {
    const { missionId, generation, milestoneId, featureId } = feature;
    await writeHeldSlot(folder, { missionId, generation, milestoneId, featureId, stay });
    return stay;
  };

  const all: AgentSlots = {
    begin: (feature) => alone(() => hold(feature)),
    take: (feature) =>
      alone(async () => {
        const held = await readHeldSlot(folder, feature);
        if (held?.generation !== feature.generation) await hold(feature, AGAIN);
      }),
    giveBack: (feature, stay) =>
      alone(async () => {
        const held = await readHeldSlot(folder, feature);
        const isOther = held !== undefined && held.stay !== AGAIN && held.stay !== stay;
        if (isOther && stay !== undefined) return false;
        if (held !== undefined) await removeHeldSlot(folder, feature);
        wakeAll();
        return true;
      }),
    awaitLeave: async (signal) => {
      for (;;) {
        signal.throwIfAborted();
        const isGiven = await alone(async () => {
          if ((await countHeldSlots(folder)) + leaves >= slots) return false;
          leaves += 1;
          return true;
        });
        if (isGiven && !signal.aborted) return;
        if (isGiven) all.endLeave();
        else if (leaves === 0) options.onFull?.(all);
        await change(signal);
      }
    },
    endLeave: () => {
      leaves -= 1;
      wakeAll();
    },
    sweep: async ({ isOver, clear }) => {
      await removeTornSlots(folder);
      for (const slot of await listHeldSlots(folder)) {
        if (!(await isOver(slot))) continue;
        await clear(slot);
        await removeHeldSlot(folder, slot);
      }
      wakeAll();
    },
  };
  return all;
}
