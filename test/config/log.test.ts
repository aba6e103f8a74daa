import { describe, expect, it } from "@jest/globals";
import { createLog, scrub, temporalLogSink, type LogLevel } from "../../config/log.js";

function logTo(lines: string[], level: LogLevel = "info", secrets: string[] = []) {
  return createLog({
    write: (line) => lines.push(line),
    level,
    secrets: () => secrets,
    now: () => new Date(0),
  });
}

describe("createLog", () => {
  it("writes one JSON object a line", () => {
    const lines: string[] = [];
    logTo(lines).info("featureStarted", { missionId: "m", text: "two\nlines", amount: 5n });
    expect(lines).toEqual([
      '{"time":"1970-01-01T00:00:00.000Z","level":"info","event":"featureStarted","missionId":"m","text":"two\\nlines","amount":"5"}\n',
    ]);
  });

  it("leaves out what is below its level", () => {
    const lines: string[] = [];
    const log = logTo(lines, "warn");
    log.info("no");
    log.warn("yes");
    expect(lines).toHaveLength(1);
  });

  it("scrubs secrets from events, keys, values, errors and their causes", () => {
    const lines: string[] = [];
    const secret = 'sk-"quoted"/value';
    const log = logTo(lines, "debug", [secret]);
    const error = new Error(`401 for ${secret}`, { cause: new Error(`with ${secret}`) });
    log.error(secret, { [secret]: secret, nested: [{ deep: secret }], error });
    log.debug("url", { url: `https://x/?key=${encodeURIComponent(secret)}` });
    const text = lines.join("");
    expect(text).not.toMatch(/quoted/);
    expect(text).toContain("401 for [secret]");
    for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it("survives circular and hostile fields", () => {
    const lines: string[] = [];
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    logTo(lines).warn("odd", {
      circular,
      hostile: {
        toJSON: () => {
          throw new Error("never");
        },
      },
    });
    logTo(lines).warn("odd", { circular });
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('"self":"[circular]"');
  });
});

describe("scrub", () => {
  it("leaves values alone that are too short to be secrets", () => {
    expect(scrub("a short text", ["a", ""])).toBe("a short text");
  });
});

describe("temporalLogSink", () => {
  it("passes the worker's own lines on with their fields", () => {
    const lines: string[] = [];
    const sink = temporalLogSink(logTo(lines, "debug"));
    sink({ level: "TRACE", message: "poll", timestampNanos: 0n, meta: { taskQueue: "missions" } });
    sink({ level: "ERROR", message: "lost", timestampNanos: 0n });
    expect(lines[0]).toContain('"level":"debug","event":"poll","taskQueue":"missions"');
    expect(lines[1]).toContain('"level":"error","event":"lost"');
  });
});
