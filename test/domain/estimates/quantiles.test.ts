import { describe, expect, it } from "@jest/globals";
import {
  chiSquareAt,
  normalQuantile,
  studentQuantile,
} from "../../../domain/estimates/quantiles.js";

describe("quantiles", () => {
  it.each([
    [0.5, 0],
    [0.9, 1.2815515655],
    [0.1, -1.2815515655],
    [0.975, 1.9599639845],
    [0.001, -3.0902323062],
    [0.0001, -3.7190164855],
  ])("of the normal distribution at %d are those of the tables", (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 7);
  });

  it.each([
    [6, 1.4397557473],
    [10, 1.3721836411],
    [30, 1.3104150253],
    [1_000, 1.2823988026],
  ])("of Student's t with %d degrees of freedom are those of the tables", (freedom, t) => {
    expect(studentQuantile(0.9, freedom) / t).toBeCloseTo(1, 3);
    expect(studentQuantile(0.5, freedom)).toBe(0);
  });

  it.each([
    [6, 0.9, 10.6446406757],
    [6, 0.1, 2.2041306565],
    [30, 0.9, 40.2560238987],
  ])("of chi-square with %d degrees of freedom at %d are those of the tables", (freedom, p, x) => {
    expect(chiSquareAt(normalQuantile(p), freedom) / x).toBeCloseTo(1, 2);
  });
});
