import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { readHours, readMoney, readTokens } from "../../domain/budget-words.js";
import { EXIT, Problem } from "../../domain/problem.js";

const refusal = (read: () => number) => {
  try {
    return String(read());
  } catch (error) {
    if (error instanceof Problem && error.exitCode === EXIT.badInput)
      return `${error.message} ${error.remedy}`;
    throw error;
  }
};

describe("amounts as people write them", () => {
  it.each([
    ["$5", 5],
    ["5", 5],
    [" 49.50 USD ", 49.5],
    ["$1,000", 1_000],
    ["US$ 20", 20],
    ["20 dollars", 20],
    ["2k", 2_000],
    [".5", 0.5],
  ])("reads %j as %d US dollars", (typed, usd) => {
    expect(readMoney(typed)).toBe(usd);
  });

  it.each([
    ["40", 40],
    ["1.5 h", 1.5],
    ["90 min", 1.5],
    ["8760 hours", 8_760],
  ])("reads %j as %d hours", (typed, hours) => {
    expect(readHours(typed)).toBe(hours);
  });

  it.each([
    ["500000", 500_000],
    ["500k", 500_000],
    ["2.5M", 2_500_000],
    ["2 million tokens", 2_000_000],
    ["1,000,000", 1_000_000],
    ["1000B", 1_000_000_000_000],
  ])("reads %j as %d tokens", (typed, tokens) => {
    expect(readTokens(typed)).toBe(tokens);
  });

  it("says which currency is understood when another one is named", () => {
    for (const typed of ["200 EUR", "€200", "200 euros", "200£", "CHF 200", "5000 yen"]) {
      expect(refusal(() => readMoney(typed))).toMatch(/not in US dollars.*give USD, as \$200/);
    }
  });

  it("says in a sentence what is no amount, and what would be", () => {
    expect(refusal(() => readMoney("lots"))).toMatch(/^"lots" is not an amount of money\..*USD/);
    expect(refusal(() => readMoney("0"))).toMatch(/^"0" buys nothing\..*above 0/);
    expect(refusal(() => readMoney("$2,000,000"))).toMatch(/at most \$1,000,000/);
    expect(refusal(() => readMoney("5 max"))).toMatch(/is not an amount of money/);
    expect(refusal(() => readHours("9000"))).toMatch(/more than a year.*8,760/);
    expect(refusal(() => readHours("0"))).toMatch(/leaves no time/);
    expect(refusal(() => readHours("3 days"))).toMatch(/8 or 24 hours a day/);
    expect(refusal(() => readHours("soon"))).toMatch(/Give hours, as 40/);
    expect(refusal(() => readTokens("1.5"))).toMatch(/whole number/);
    expect(refusal(() => readTokens("many"))).toMatch(/500k or 2M/);
  });

  it("never reads what is ambiguous, and never fails otherwise than in words", () => {
    for (const typed of ["1,5", "-1", "1e308", "NaN", "0x10", "Infinity", "", "5-10", "$$5"]) {
      for (const read of [readMoney, readHours, readTokens]) {
        expect(refusal(() => read(typed))).toMatch(/\. \S/);
      }
    }
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (typed) => {
        for (const read of [readMoney, readHours, readTokens]) refusal(() => read(typed));
      }),
    );
  });
});
