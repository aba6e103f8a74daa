import { describe, expect, it } from "@jest/globals";
import { reportFailure } from "../../client/failure.js";
import { EXIT, Problem } from "../../domain/problem.js";

const report = (error: unknown, style = { json: false, verbose: false }) => {
  const printed = { out: "", err: "", code: 0 };
  printed.code = reportFailure(
    error,
    style,
    (text) => (printed.out += text),
    (text) => (printed.err += text),
  );
  return printed;
};

describe("a failure", () => {
  it("that a person can mend is one sentence and the remedy, with its exit code", () => {
    const problem = new Problem(EXIT.noModel, "No key.", "Set one.", new Error("inner"));
    expect(report(problem)).toEqual({ out: "", err: "No key.\nSet one.\n", code: EXIT.noModel });
  });

  it("is one JSON document with --json", () => {
    const { out, err } = report(new Problem(EXIT.notNow, "Too late.", "Look."), {
      json: true,
      verbose: false,
    });
    expect(JSON.parse(out)).toEqual({
      error: { message: "Too late.", remedy: "Look.", exitCode: EXIT.notNow },
    });
    expect(err).toBe("");
  });

  it("of ours is one sentence without a stack, and with the stack and its causes on request", () => {
    const error = new Error("odd\nsecond line", { cause: new Error("the reason") });
    const short = report(error);
    expect(short.code).toBe(EXIT.unexpected);
    expect(short.err).not.toMatch(/ at |second line/);
    expect(report(error, { json: false, verbose: true }).err).toMatch(
      /caused by Error: the reason[^]* at /,
    );
  });

  it("of the disk is the environment's", () => {
    const full = Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC", path: "/x" });
    expect(report(full)).toMatchObject({
      code: EXIT.environment,
      err: expect.stringContaining("The disk is full: /x."),
    });
  });
});
