/**
 * The account of a mission: reserve before spend, in money and tokens. Plain data that the functions change in place,
 * because the guard carries it through continue-as-new and handles thousands of messages with it.
 */
import type { Amount, Interval } from "./mission.js";
import { PLANNING } from "./planning/planning-work.js";
import { parseKey, type SliceKeyParts } from "./slice-key.js";

export { parseKey } from "./slice-key.js";

export interface SliceRequest {
  key: string;
  /** Position in the plan; smaller is granted first. */
  order: number;
  estimate: Amount;
  /** Less than the estimate would be of no use: granted whole or not at all. */
  whole?: boolean;
  /** What all plannings together may cost; see planning/shared-cap.ts. */
  within?: Amount;
  /** Workflow that gets the grant. */
  replyTo: string;
}
export interface Settlement {
  key: string;
  spent: Amount;
  sleeps: Interval[];
}
export interface SliceGrant {
  key: string;
  amount: Amount;
  replyTo: string;
}

export interface Ledger {
  caps: Amount;
  /** Everything booked, overruns included. */
  spent: Amount;
  overrun: Amount;
  /** Part of `spent`: what plannings have cost. */
  plannings?: Amount;
  reserved: Record<string, Amount>;
  /** Running sum and number of `reserved`. */
  reservedSum: Amount;
  reservedCount: number;
  /** In plan order. */
  queue: SliceRequest[];
  /** Highest settled n by feature key `<generation>/<m>/<f>`. */
  settled: Record<string, number>;
  /** Numbers below the highest that never settled, by feature key: withdrawn asks, or settlements out of order. */
  skipped: Record<string, number[]>;
  /** `<generation>/<m>` of milestones whose late messages are ignored. */
  closedMilestones: string[];
  /** By how much a lowered cap or a bill above its slice put spent + reserved above the cap. */
  excess: Amount;
}

/** A slice smaller than this share of its estimate is not worth starting with. */
const LEAST_SHARE = 0.25;
const SKIPPED_KEPT = 100;
const CURRENCIES = ["microUsd", "tokens"] as const;
const nothing = (): Amount => ({ microUsd: 0, tokens: 0 });

/** @param spent what earlier generations of the mission booked. */
export function openLedger(caps: Amount, spent: Amount = nothing()): Ledger {
  const ledger: Ledger = {
    caps: { microUsd: caps.microUsd, tokens: caps.tokens },
    spent: { microUsd: spent.microUsd, tokens: spent.tokens },
    overrun: nothing(),
    reserved: {},
    reservedSum: nothing(),
    reservedCount: 0,
    queue: [],
    settled: {},
    skipped: {},
    closedMilestones: [],
    excess: nothing(),
  };
  for (const currency of CURRENCIES) ledger.excess[currency] = aboveCap(ledger, currency);
  return ledger;
}

/** Queues requests in plan order. Keys already queued, granted or settled, and malformed ones, are ignored. */
export function ask(ledger: Ledger, requests: SliceRequest[]): void {
  const { queue } = ledger;
  const keys = keysOf(queue);
  let inOrder = true;
  for (const { key, order, estimate, whole, within, replyTo } of requests) {
    const parts = parseKey(key);
    if (parts === undefined || keys.has(key) || ledger.reserved[key] !== undefined) continue;
    if (isSettled(ledger, parts)) continue;
    const request: SliceRequest = {
      key,
      order: Number.isFinite(order) ? order : Number.MAX_SAFE_INTEGER,
      estimate: wholeAmount(estimate, nothing()),
      ...(whole === true ? { whole } : {}),
      ...(within === undefined ? {} : { within: wholeAmount(within, nothing()) }),
      replyTo,
    };
    inOrder &&= (queue.at(-1)?.order ?? request.order) <= request.order;
    queue.push(request);
    keys.add(key);
  }
  if (!inOrder) queue.sort((a, b) => a.order - b.order);
}

/**
 * Books what a slice cost and frees the rest. Duplicates are ignored; what is above the slice, or was never granted, is booked in full as overrun.
 * @returns `known`: the key held a slice; `overrun`: what this settlement booked above it.
 */
export function settle(
  ledger: Ledger,
  settlement: Settlement,
): { known: boolean; overrun: Amount } {
  const { key } = settlement;
  const overrun = nothing();
  const parts = parseKey(key);
  const slice = ledger.reserved[key];
  if (parts === undefined || (slice === undefined && isSettled(ledger, parts))) {
    return { known: false, overrun };
  }
  const spent = wholeAmount(settlement.spent, slice ?? nothing());
  const plannings = parts.milestoneId === PLANNING ? (ledger.plannings ??= nothing()) : undefined;
  for (const currency of CURRENCIES) {
    overrun[currency] = Math.max(0, spent[currency] - (slice?.[currency] ?? 0));
    ledger.spent[currency] += spent[currency];
    if (plannings !== undefined) plannings[currency] += spent[currency];
    ledger.overrun[currency] += overrun[currency];
    ledger.reservedSum[currency] -= slice?.[currency] ?? 0;
    const above = aboveCap(ledger, currency);
    ledger.excess[currency] =
      overrun[currency] > 0 ? above : Math.min(ledger.excess[currency], above);
  }
  if (slice === undefined) withdraw(ledger, [key]);
  else {
    Reflect.deleteProperty(ledger.reserved, key);
    ledger.reservedCount -= 1;
  }
  markSettled(ledger, parts);
  return { known: slice !== undefined, overrun };
}

/** Drops queued requests; one that was granted is left until it settles. */
export function withdraw(ledger: Ledger, keys: string[]): void {
  const queued = keysOf(ledger.queue);
  const going = new Set(keys.filter((key) => queued.has(key)));
  if (going.size > 0) dropQueued(ledger, (request) => going.has(request.key));
}

/** Books in full what those hold who will never settle, and drops what they asked for. @param prefix of their keys; empty for all. */
export function bookWhole(ledger: Ledger, prefix: string): void {
  for (const [key, spent] of Object.entries(ledger.reserved)) {
    if (key.startsWith(prefix)) settle(ledger, { key, spent, sleeps: [] });
  }
  dropQueued(ledger, ({ key }) => key.startsWith(prefix));
}

/** Sets the caps given, up or down, even below what is spent. Values that are no amount are ignored. */
export function adjustCaps(ledger: Ledger, caps: Partial<Amount>): void {
  for (const currency of CURRENCIES) {
    const cap = caps[currency];
    if (cap === undefined || !Number.isSafeInteger(cap) || cap < 0) continue;
    ledger.caps[currency] = cap;
    ledger.excess[currency] = aboveCap(ledger, currency);
  }
}

/**
 * Grants in plan order as many as fit, never above a cap: whole, or what is left when that is a quarter of the estimate.
 * One that does not fit, or is held, stays queued and does not hold up others behind it.
 */
export function grantNext(ledger: Ledger, isHeld?: (r: SliceRequest) => boolean): SliceGrant[] {
  const grants: SliceGrant[] = [];
  if (ledger.queue.length === 0) return grants;
  dropQueued(ledger, (request) => {
    if (isHeld?.(request) === true) return false;
    const { key, estimate, whole, replyTo } = request;
    const least = whole === true ? 1 : LEAST_SHARE;
    const microUsd = fitting(ledger, "microUsd", estimate.microUsd, least);
    const tokens = fitting(ledger, "tokens", estimate.tokens, least);
    if (microUsd === undefined || tokens === undefined) return false;
    ledger.reserved[key] = { microUsd, tokens };
    ledger.reservedCount += 1;
    ledger.reservedSum.microUsd += microUsd;
    ledger.reservedSum.tokens += tokens;
    grants.push({ key, amount: { microUsd, tokens }, replyTo });
    return true;
  });
  return grants;
}

/** Requests wait and no holder can still settle. Ask after `grantNext`. */
export const isStalled = (ledger: Ledger): boolean =>
  ledger.queue.length > 0 && ledger.reservedCount === 0;

export const reservedTotal = (ledger: Ledger): Amount => ({ ...ledger.reservedSum });

/** @returns what is wrong: spent + reserved above a cap by our own doing, or sums that do not add up. */
export function assertInvariant(ledger: Ledger): string | undefined {
  const slices = Object.values(ledger.reserved);
  if (slices.length !== ledger.reservedCount) {
    return `${slices.length} slices are reserved but ${ledger.reservedCount} counted`;
  }
  for (const currency of CURRENCIES) {
    const sum = slices.reduce((total, slice) => total + slice[currency], 0);
    if (sum !== ledger.reservedSum[currency]) {
      return `reserved ${currency} add up to ${sum}, not ${ledger.reservedSum[currency]}`;
    }
    if (aboveCap(ledger, currency) > ledger.excess[currency]) {
      return `spent ${ledger.spent[currency]} + reserved ${sum} ${currency} is above the cap of ${ledger.caps[currency]}`;
    }
    if (ledger.spent[currency] < ledger.overrun[currency]) return `overrun of ${currency} > spent`;
  }
  return undefined;
}

/** Forgets a milestone's settled keys and queued requests; slices still held settle as usual, other late messages are ignored. */
export function closeMilestone(ledger: Ledger, generation: number, milestoneId: string): void {
  const id = `${generation}/${milestoneId}`;
  if (ledger.closedMilestones.includes(id)) return;
  ledger.closedMilestones.push(id);
  for (const record of [ledger.settled, ledger.skipped]) {
    for (const key of Object.keys(record)) {
      if (key.startsWith(`${id}/`)) Reflect.deleteProperty(record, key);
    }
  }
  dropQueued(ledger, ({ key }) => key.startsWith(`${id}/`));
}

function aboveCap({ spent, reservedSum, caps }: Ledger, currency: keyof Amount): number {
  return Math.max(0, spent[currency] + reservedSum[currency] - caps[currency]);
}

/** What one currency may get of an estimate; undefined when too little is left. */
function fitting(
  ledger: Ledger,
  currency: keyof Amount,
  estimate: number,
  leastShare: number,
): number | undefined {
  const { spent, reservedSum, caps } = ledger;
  if (estimate === 0) return spent[currency] <= caps[currency] ? 0 : undefined;
  const left = caps[currency] - spent[currency] - reservedSum[currency];
  if (left >= estimate) return estimate;
  return left >= estimate * leastShare ? left : undefined;
}

/** Whole and not negative, rounded up; what is no number counts as `otherwise`, so that nothing is under-counted. */
function wholeAmount(amount: Amount, otherwise: Amount): Amount {
  const whole = (currency: keyof Amount) => {
    const value = amount[currency];
    const isCost = value >= 0 && value <= Number.MAX_SAFE_INTEGER; // false for NaN
    return isCost ? Math.ceil(value) : otherwise[currency];
  };
  return { microUsd: whole("microUsd"), tokens: whole("tokens") };
}

const featureKey = ({ generation, milestoneId, featureId }: SliceKeyParts) =>
  `${generation}/${milestoneId}/${featureId}`;
const isClosed = (ledger: Ledger, { generation, milestoneId }: SliceKeyParts) =>
  ledger.closedMilestones.includes(`${generation}/${milestoneId}`);

function isSettled(ledger: Ledger, parts: SliceKeyParts): boolean {
  if (isClosed(ledger, parts)) return true;
  const feature = featureKey(parts);
  if (parts.n > (ledger.settled[feature] ?? 0)) return false;
  return ledger.skipped[feature]?.includes(parts.n) !== true;
}

function markSettled(ledger: Ledger, parts: SliceKeyParts): void {
  if (isClosed(ledger, parts)) return;
  const feature = featureKey(parts);
  const highest = ledger.settled[feature] ?? 0;
  const skipped = (ledger.skipped[feature] ?? []).filter((n) => n !== parts.n);
  for (let n = Math.max(highest + 1, parts.n - SKIPPED_KEPT); n < parts.n; n++) skipped.push(n);
  ledger.settled[feature] = Math.max(highest, parts.n);
  if (skipped.length > 0) ledger.skipped[feature] = skipped.slice(-SKIPPED_KEPT);
  else Reflect.deleteProperty(ledger.skipped, feature);
}

/** Keys of a queue, remembered beside it because the queue itself is what gets carried. */
const keySets = new WeakMap<SliceRequest[], Set<string>>();
function keysOf(queue: SliceRequest[]): Set<string> {
  const known = keySets.get(queue);
  if (known?.size === queue.length) return known;
  const keys = new Set(queue.map(({ key }) => key));
  keySets.set(queue, keys);
  return keys;
}

/** Takes out in place, so that a long queue is neither copied nor indexed again. */
function dropQueued({ queue }: Ledger, goes: (request: SliceRequest) => boolean): void {
  const keys = keysOf(queue);
  let kept = 0;
  for (const request of queue) {
    if (goes(request)) keys.delete(request.key);
    else queue[kept++] = request;
  }
  queue.length = kept;
}
