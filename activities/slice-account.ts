/** The account of one slice: its journal on disk, and what is left of it. One attempt at a time writes to it, perhaps several calls at once. */
import { randomUUID } from "node:crypto";
import type { Amount, Role } from "../domain/mission.js";
import type { Slice } from "../domain/work.js";
import { appendJournal, createJournal, journalSpent, readJournal } from "../store/journal.js";
import type { JournalClosed, JournalEntry, JournalOpen } from "../store/journal.js";

export interface SliceAccount {
  spent(): Amount;
  calls(): number;
  left(): Amount;
  /** On disk before it resolves. @returns the id of the call. */
  open(call: { attempt: number; role: Role; model: string; worst: Amount }): Promise<string>;
  close(call: string, bill: Omit<JournalClosed, "state" | "call" | "at">): Promise<void>;
  /** The call was never made, or surely not billed. */
  closeUnbilled(call: string): Promise<void>;
}

const NO_TOKENS = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };

/**
 * Opens the account of a slice.
 * @param fresh true while nothing can have been paid from the slice: a missing journal is then created; else it must be there.
 * @returns undefined when a journal that must be there is not: nothing may then be paid from the slice.
 */
export async function openSliceAccount(options: {
  path: string;
  slice: Slice;
  milestoneId: string;
  featureId: string;
  fresh: boolean;
  now: () => number;
}): Promise<SliceAccount | undefined> {
  const { path, slice, now } = options;
  const at = () => new Date(now()).toISOString();
  if (options.fresh) {
    const { milestoneId, featureId } = options;
    await createJournal(path, {
      state: "slice",
      key: slice.key,
      amount: slice.amount,
      at: at(),
      featureId,
      milestoneId,
    });
  }
  const entries: JournalEntry[] | undefined = await readJournal(path);
  // A journal without its head was torn or tampered with: what was paid is not known.
  if (entries?.[0]?.state !== "slice" || entries[0].key !== slice.key) return undefined;

  const close = async (entry: JournalClosed) => {
    await appendJournal(path, entry);
    entries.push(entry);
  };
  const spent = () => journalSpent(entries).spent;
  return {
    spent,
    calls: () => journalSpent(entries).calls,
    left: () => {
      const gone = spent();
      return {
        microUsd: slice.amount.microUsd - gone.microUsd,
        tokens: slice.amount.tokens - gone.tokens,
      };
    },
    open: async ({ attempt, role, model, worst }) => {
      const call = randomUUID();
      const entry: JournalOpen = { state: "open", call, at: at(), attempt, role, model, worst };
      // Counted before it is on disk: of two calls that begin at once each must see the other.
      entries.push(entry);
      await appendJournal(path, entry);
      return call;
    },
    close: (call, bill) => close({ state: "closed", call, at: at(), ...bill }),
    closeUnbilled: (call) =>
      close({
        state: "closed",
        call,
        at: at(),
        cost: { microUsd: 0, tokens: 0 },
        tokens: NO_TOKENS,
        priceSource: "not billed",
      }),
  };
}
