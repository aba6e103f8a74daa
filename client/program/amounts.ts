/** Amounts of the command line: read strictly, refused with what is meant. */
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { readHours, readMoney, readTokens } from "../../domain/budget-words.js";
import { MOST_RUNNING } from "../../domain/queue.js";
import { namingOption } from "../naming-option.js";

const DECIMAL = /^\d+(?:\.\d+)?$/;
const NOTHING = /^\$?0+(?:\.0+)?$/;

/** Read as in the interview. @throws Problem that names the option. */
const reader = (read: (typed: string) => number) => (option: string) => (typed: string) =>
  namingOption(option, () => read(typed));

/** `20`, `$20`, `20 USD`; above 0, as `hours` and `tokens`. */
export const usd = reader(readMoney);
/** `8`, `0.25`, `90 min`. */
export const hours = reader(readHours);
/** `500000`, `500k`, `2M`. */
export const tokens = reader(readTokens);

/** A cap may also be nothing at all, for a plan that only scripts and people do. */
const orNothing = (read: (typed: string) => number) => (typed: string) =>
  NOTHING.test(typed.trim()) ? 0 : read(typed);
export const usdCap = reader(orNothing(readMoney));
export const hoursCap = reader(orNothing(readHours));
export const tokensCap = reader(orNothing(readTokens));

/** 1 to 100. */
export function percent(text: string): number {
  const amount = decimal(text.replace(/%$/, ""));
  if (!(amount >= 1 && amount <= 100)) throw new InvalidArgumentError("Use 1 to 100 percent.");
  return amount;
}

/** How many features at once. */
export function atOnce(text: string): number {
  const amount = decimal(text);
  if (!Number.isInteger(amount) || amount < 1 || amount > 100) {
    throw new InvalidArgumentError("Use a whole number from 1 to 100.");
  }
  return amount;
}

/** How many missions may run; 0 holds the queue. */
export function maxRunning(text: string): number {
  const amount = decimal(text);
  if (!Number.isInteger(amount) || amount > MOST_RUNNING) {
    throw new InvalidArgumentError(`Use a whole number from 0 to ${MOST_RUNNING}.`);
  }
  return amount;
}

const decimal = (text: string) => (DECIMAL.test(text) ? Number(text) : Number.NaN);
