/** Reads what is sent to the guard: our own workflows send it, but anyone may. Entries of no use are left out; nothing throws. */
import { parseKey, type Settlement, type SliceRequest } from "./ledger.js";
import type { Amount, Interval } from "./mission.js";

type Fields = Record<string, unknown>;

/** @returns both lists, empty when there is nothing usable; or one sentence when the message as a whole is not readable. */
export function readRequestSlices(
  x: unknown,
): { requests: SliceRequest[]; settlements: Settlement[] } | string {
  if (!isFields(x) || x["undecodable"] === true) return "the data must be one JSON object";
  const { requests, settlements } = x;
  return {
    requests: entriesOf(requests).flatMap(readRequest),
    settlements: entriesOf(settlements).flatMap(readSettlement),
  };
}

/** @returns the slice keys in `{keys: [...]}`, without what is none. */
export function readSliceKeys(x: unknown): string[] {
  if (!isFields(x) || !Array.isArray(x["keys"])) return [];
  return x["keys"].filter(isKey);
}

const isFields = (x: unknown): x is Fields =>
  typeof x === "object" && x !== null && !Array.isArray(x);
const entriesOf = (x: unknown): Fields[] => (Array.isArray(x) ? x.filter(isFields) : []);
const isKey = (x: unknown): x is string => typeof x === "string" && parseKey(x) !== undefined;

function readRequest({ key, order, estimate, whole, within, replyTo }: Fields): SliceRequest[] {
  if (!isKey(key) || typeof replyTo !== "string" || replyTo === "") return [];
  const request = { key, order: numberFrom(order), estimate: amountFrom(estimate), replyTo };
  return [
    {
      ...request,
      ...(whole === true ? { whole } : {}),
      ...(within === undefined ? {} : { within: amountFrom(within) }),
    },
  ];
}

/** A cost that is no number is kept as such: the ledger then counts the whole slice. */
function readSettlement({ key, spent, sleeps }: Fields): Settlement[] {
  if (!isKey(key)) return [];
  return [{ key, spent: amountFrom(spent), sleeps: entriesOf(sleeps).map(intervalFrom) }];
}

const numberFrom = (x: unknown): number => (typeof x === "number" ? x : Number.NaN);

function amountFrom(x: unknown): Amount {
  const { microUsd, tokens } = isFields(x) ? x : {};
  return { microUsd: numberFrom(microUsd), tokens: numberFrom(tokens) };
}
const intervalFrom = ({ fromMs, toMs }: Fields): Interval => ({
  fromMs: numberFrom(fromMs),
  toMs: numberFrom(toMs),
});
