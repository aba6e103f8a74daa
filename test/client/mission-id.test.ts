import { describe, expect, it } from "@jest/globals";
import { chooseMission, fitting, splitArguments } from "../../client/mission-id.js";
import { EXIT, Problem } from "../../domain/problem.js";

const one = { missionId: "m-20260102-abc123", title: "One", status: "active" };
const two = { missionId: "m-20260103-abd456", title: "Two", status: "paused" };
const over = { missionId: "m-20251231-zzz999", title: "Over", status: "completed" };
const problemOf = (work: () => unknown): Problem => {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};

describe("a mission's id", () => {
  it("may be whole, its start, or the start of its last or of its date part", () => {
    for (const typed of [
      "m-20260102-abc123",
      "m-20260102",
      "abc",
      "20260102-a",
      "ABC1",
      "mission/m-20260102-abc123",
    ]) {
      expect(fitting(typed, [one, two, over])).toEqual([one]);
    }
  });

  it("that fits several missions is a question back, which names them", () => {
    const problem = problemOf(() => chooseMission("ab", [one, two]));
    expect(problem.exitCode).toBe(EXIT.notFound);
    expect(problem.message).toBe('"ab" fits 2 missions: m-20260102-abc123, m-20260103-abd456.');
  });

  it("that fits none, and no mission at all, are told apart", () => {
    expect(problemOf(() => chooseMission("q", [one])).message).toBe('No mission fits "q".');
    expect(problemOf(() => chooseMission("q", [])).message).toBe("There is no mission yet.");
  });

  it("may be left out for the only open mission, or the only one", () => {
    expect(chooseMission(undefined, [one, over])).toBe(one);
    expect(chooseMission(undefined, [over])).toBe(over);
    expect(problemOf(() => chooseMission(undefined, [one, two])).exitCode).toBe(EXIT.notFound);
  });
});

describe("the arguments of a command", () => {
  const names = ["feature"];

  it("are the mission and the rest, or only the rest where one mission fits", () => {
    expect(splitArguments(["abc", "1.2"], [one, two], { names })).toEqual({
      mission: one,
      others: ["1.2"],
    });
    expect(splitArguments(["1.2"], [one, over], { names })).toEqual({
      mission: one,
      others: ["1.2"],
    });
    expect(problemOf(() => splitArguments(["1.2"], [one, two], { names })).exitCode).toBe(
      EXIT.notFound,
    );
  });

  it("say what is missing or too many", () => {
    expect(problemOf(() => splitArguments([], [one], { names })).exitCode).toBe(EXIT.badInput);
    expect(problemOf(() => splitArguments(["a", "b", "c"], [one], { names })).message).toMatch(
      /too many/,
    );
  });

  it("that may be left out go to the mission first and else to the feature", () => {
    const optional = { names, optional: true };
    expect(splitArguments([], [one], optional)).toEqual({ mission: one, others: [] });
    expect(splitArguments(["abc"], [one, two], optional)).toEqual({ mission: one, others: [] });
    expect(splitArguments(["1.2"], [one, over], optional)).toEqual({
      mission: one,
      others: ["1.2"],
    });
  });
});
