/** Amounts of the command line: read strictly, refused with the range that is meant. */
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { MOST_RUNNING } from "../../domain/queue.js";
import { isHours, isTokens, isUsd, MAXIMA } from "../../domain/money.js";

const DECIMAL = /^\d+(?:\.\d+)?$/;
const MULTIPLES: Record<string, number> = { k: 1_000, M: 1_000_000, B: 1_000_000_000 };
const grouped = (whole: number) => whole.toLocaleString("en");

/** `20`, `0.5`, `$20`. */
export function usd(text: string): number {
  const amount = decimal(text.replace(/^\$/, ""));
  if (!isUsd(amount)) throw new InvalidArgumentError(`Use 0 to ${grouped(MAXIMA.usd)} USD.`);
  return amount;
}

/** `8`, `0.25`. */
export function hours(text: string): number {
  const amount = decimal(text);
  if (!isHours(amount)) throw new InvalidArgumentError(`Use 0 to ${grouped(MAXIMA.hours)} hours.`);
  return amount;
}

/** `500000`, `500k`, `2M`. */
export function tokens(text: string): number {
  const [, digits = "", multiple = ""] = /^([\d.]+)([kMB]?)$/.exec(text) ?? [];
  const amount = Math.round(decimal(digits) * (MULTIPLES[multiple] ?? 1) * 1_000) / 1_000;
  if (!isTokens(amount)) {
    throw new InvalidArgumentError(
      `Use a whole number from 0 to ${grouped(MAXIMA.tokens)}, as 500000, 500k or 2M.`,
    );
  }
  return amount;
}

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
