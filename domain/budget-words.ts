/** Amounts as people write them: `$1,000`, `40 h`, `2M`. Read strictly; what is not understood is said in one sentence. */
import { cleanLine } from "./clean-text.js";
import { isHours, isTokens, isUsd, MAXIMA } from "./money.js";
import { EXIT, Problem } from "./problem.js";

const NUMBER = String.raw`(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?|(\.\d+)`;
const MONEY = new RegExp(
  String.raw`^(?:us\s?\$|\$|usd)?\s*(?:${NUMBER})\s*(k)?\s*(?:\$|usd|(?:us\s)?dollars?)?$`,
  "i",
);
const HOURS = new RegExp(String.raw`^(?:${NUMBER})\s*(h|hrs?|hours?|m|min|mins|minutes?)?$`, "i");
const TOKENS = new RegExp(
  String.raw`^(?:${NUMBER})\s*(k|thousand|m|mio|million|b|billion)?\s*(?:tokens?)?$`,
  "i",
);
const OTHER_CURRENCY =
  /[€£¥₹₽₩₺₴฿₿]|(?<!\p{L})(?:eur(?:os?)?|gbp|pounds?|chf|francs?|jpy|yen|cny|rmb|yuan|inr|rupees?|cad|aud|nzd|sgd|hkd|krw|sek|nok|dkk|kron[oae]r?|pln|zloty|czk|huf|ron|brl|mxn|pesos?|zar|rand|try|lira|rub|rubles?|uah|ils|aed|btc|bitcoins?|eth)(?!\p{L})/iu;
const DAYS = /^(?:[\d.,]+|an?|one|two|three)\s*(?:d|days?|w|weeks?|months?)$/i;
const grouped = (whole: number) => whole.toLocaleString("en");

/** @returns USD above 0. @throws Problem (badInput) that says which currency is understood. */
export function readMoney(typed: string): number {
  const text = plain(typed);
  const found = MONEY.exec(text);
  if (found === null) {
    throw /\d/.test(text) && OTHER_CURRENCY.test(text)
      ? bad(
          `${shown(text)} is not in US dollars, the only currency that budgets are kept in.`,
          "Convert it and give USD, as $200.",
        )
      : bad(
          `${shown(text)} is not an amount of money.`,
          "Give US dollars (USD), as $200 or 49.50.",
        );
  }
  const usd = numberOf(found) * (found[4] === undefined ? 1 : 1_000);
  if (isUsd(usd) && Math.round(usd * 1_000_000) > 0) return usd;
  throw usd > MAXIMA.usd
    ? bad(
        `${shown(text)} is more than a mission may have.`,
        `Give at most $${grouped(MAXIMA.usd)}.`,
      )
    : bad(
        `${shown(text)} buys nothing.`,
        "Give an amount above 0, as $5; with scripts, people or a local model it stays unspent.",
      );
}

/** @returns hours above 0. @throws Problem (badInput). */
export function readHours(typed: string): number {
  const text = plain(typed);
  const found = HOURS.exec(text);
  if (found === null) {
    throw DAYS.test(text)
      ? bad(
          `${shown(text)} could mean 8 or 24 hours a day.`,
          "Give the hours of work, as 40: the clock runs only while something works.",
        )
      : bad(`${shown(text)} is not a number of hours.`, "Give hours, as 40, 1.5 h or 90 min.");
  }
  const hours = numberOf(found) / (/^m/i.test(found[4] ?? "") ? 60 : 1);
  if (isHours(hours) && Math.round(hours * 3_600_000) > 0) return hours;
  throw hours > MAXIMA.hours
    ? bad(`${shown(text)} is more than a year.`, `Give at most ${grouped(MAXIMA.hours)} hours.`)
    : bad(`${shown(text)} leaves no time for any work.`, "Give a time above 0, as 1 or 30 min.");
}

const MULTIPLES: Record<string, number> = { k: 1e3, t: 1e3, m: 1e6, b: 1e9 };

/** @returns whole tokens above 0. @throws Problem (badInput). */
export function readTokens(typed: string): number {
  const text = plain(typed);
  const found = TOKENS.exec(text);
  if (found === null) {
    throw bad(`${shown(text)} is not a number of tokens.`, "Give tokens, as 500000, 500k or 2M.");
  }
  const multiple = MULTIPLES[(found[4] ?? "").charAt(0).toLowerCase()] ?? 1;
  const tokens = Math.round(numberOf(found) * multiple * 1_000) / 1_000;
  if (isTokens(tokens) && tokens > 0) return tokens;
  throw bad(
    `${shown(text)} is no number of tokens that a mission may have.`,
    `Give a whole number from 1 to ${grouped(MAXIMA.tokens)}, as 500k or 2M.`,
  );
}

const plain = (typed: string) => cleanLine(typed, 200).replace(/[_\u00a0\u202f]/g, "");
const shown = (text: string) =>
  text === "" ? "Nothing" : JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 59)}…`);
const numberOf = ([, whole = "0", fraction = "", alone]: RegExpExecArray) =>
  Number(alone ?? whole.replaceAll(",", "") + fraction);
const bad = (message: string, remedy: string) => new Problem(EXIT.badInput, message, remedy);
