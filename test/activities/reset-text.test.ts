import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isLimitNotice, resetAtMs, speaksOfLimit } from "../../activities/adapters/reset-text.js";

/** A Wednesday, 06:06 in Berlin. */
const now = Date.parse("2026-03-04T05:06:07Z");
const HOUR = 3_600_000;
const span = (days: number, hours = 0, minutes = 0, seconds = 0) =>
  now + days * 24 * HOUR + hours * HOUR + minutes * 60_000 + seconds * 1_000;
const utc = (time: string) => Date.parse(`${time}:00Z`);

describe("when a limit is reset", () => {
  it.each([
    ["Claude AI usage limit reached|1772611200", 1_772_611_200_000],
    [
      "Claude usage limit reached. Your limit will reset at 1pm (Etc/GMT+5).",
      utc("2026-03-04T18:00"),
    ],
    ["You've hit your session limit · resets 8:30pm (Asia/Tokyo)", utc("2026-03-04T11:30")],
    ["5-hour limit reached ∙ resets 3am (America/Los_Angeles)", utc("2026-03-04T11:00")],
    ["You've hit your limit · resets 7am", utc("2026-03-04T06:00")],
    ["You've hit your limit · resets 5am", utc("2026-03-05T04:00")],
    ["Weekly limit reached ∙ resets Mon 3:15 pm", utc("2026-03-09T14:15")],
    ["limit reached, resets 6am tomorrow", utc("2026-03-05T05:00")],
    ["limit reached · resets Mar 6 at 9am (UTC)", utc("2026-03-06T09:00")],
    [
      "You've hit your usage limit. Upgrade to Pro (https://example.com/pricing) or try again in 5 days 22 hours 11\nminutes.",
      span(5, 22, 11),
    ],
    [
      "You've hit your usage limit. Try again in 3 hours, 2 minutes and 5 seconds.",
      span(0, 3, 2, 5),
    ],
    [
      "You've hit your usage limit, or try again at Mar 5th, 2026 8:19 PM.",
      utc("2026-03-05T19:19"),
    ],
    ["You've hit your usage limit. Try again at Mar 5, 2026, 7:38 AM", utc("2026-03-05T06:38")],
    ["try again at 10:05 AM", utc("2026-03-04T09:05")],
    ['{"error":{"type":"usage_limit_reached","resets_at":1772611200}}', 1_772_611_200_000],
    ['{"error":{"type":"usage_limit_reached","resets_in_seconds":13872}}', span(0, 0, 0, 13_872)],
    ["Rate limit reached for gpt. Please try again in 6m0s.", span(0, 0, 6)],
    ["Rate limit reached for gpt. Please try again in 250ms.", now + 250],
    ["Your quota will reset after 2h13m7s.", span(0, 2, 13, 7)],
    ['Quota exceeded. Please retry in 34.07s. {"retryDelay": "34s"}', now + 34_070],
    ['{"error":{"details":[{"@type":"RetryInfo","retryDelay":"34s"}]}}', now + 34_000],
    ["limit: resets at 2026-03-04T10:00:00Z", utc("2026-03-04T10:00")],
    ["It resets on Dec 24 at 6pm.", now + 8 * 24 * HOUR],
  ])("is read from %j", (text, ms) => {
    expect(resetAtMs(text, now, "Europe/Berlin")).toBe(ms);
  });

  it.each([
    "",
    "Please try again later.",
    "I will wait for the tests; they take 5 minutes.",
    "limits reset every 5h and every week",
    "resets at some time",
    "resets 25:99",
    "try again at 13pm",
    "The reset button is 20 px wide",
  ])("is not guessed from %j", (text) => {
    expect(resetAtMs(text, now, "Europe/Berlin")).toBeUndefined();
  });

  it.each([
    ["You've hit your session limit · resets 3pm (Europe/Berlin)", true],
    ["■ You’ve hit your usage limit. Try again in 3 hours 2 minutes.", true],
    ["Claude AI usage limit reached|1772611200", true],
    ["5-hour limit reached ∙ resets 3am", true],
    ["I built the page that says: you've hit your limit, it resets 3pm.", false],
    [`You've hit your limit. ${"And so on. ".repeat(50)}`, false],
  ])("counts as the last words of an agent only where they are the notice: %j", (text, is) => {
    expect(isLimitNotice(text)).toBe(is);
  });

  it("is never in the past nor beyond eight days, whatever a text says", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          "resets ",
          "try again at ",
          "try again in ",
          "limit reached|",
          "resets_at: ",
        ),
        fc.oneof(fc.string({ maxLength: 40 }), fc.stringMatching(/^[0-9 :apmhsd.,/TZ-]{0,30}$/)),
        (cue, rest) => {
          const found = resetAtMs(`${cue}${rest}`, now, "Europe/Berlin");
          if (found === undefined) return;
          expect(found).toBeGreaterThanOrEqual(now);
          expect(found).toBeLessThanOrEqual(now + 8 * 24 * HOUR);
        },
      ),
    );
  });

  it.each([
    ["You've hit your session limit · resets 3pm", true],
    ["Claude AI usage limit reached|1772611200", true],
    ['{"error":{"type":"usage_limit_reached"}}', true],
    ["429 Too Many Requests", true],
    ["RESOURCE_EXHAUSTED: Quota exceeded for metric", true],
    ["The train is available again at 3pm", false],
    ["I wait for the server and retry in 5s", false],
  ])("is only meant where a text speaks of a limit: %j", (text, speaks) => {
    expect(speaksOfLimit(text)).toBe(speaks);
  });
});
