import { describe, expect, it } from "@jest/globals";
import { faultIn } from "../../../qa/rules/texts.js";

describe("A text that shows a fault", () => {
  it.each([
    "undefined",
    "NaN",
    "null",
    "undefined undefined",
    "$NaN",
    "NaN €",
    "NaN%",
    "Total: NaN €",
    "Hello, undefined!",
    "Welcome undefined",
    "Invalid Date",
    "Posted on: Invalid Date",
    "by undefined",
    "undefined items",
    "Name: [object Object]",
    "#undefined",
    "(undefined)",
    "NaN km",
  ])("lost a value in %p", (text) => {
    expect(faultIn(text)).toBe("broken-value");
  });

  it.each([
    "Internal Server Error",
    "500 - Internal Server Error",
    "Cannot GET /notes",
    "Traceback (most recent call last): File app.py, line 3",
    "TypeError: Cannot read properties of undefined (reading 'name')",
    "Oh no\n    at render (/srv/app/user.js:12:17)",
    "at async load (http://127.0.0.1:4000/app.js:3:9)",
    "Fatal error: Uncaught Error in /srv/index.php on line 3",
    "Warning: Undefined variable $name in /srv/index.php on line 7",
    "SQLSTATE[42S02]: Base table or view not found",
    "Application error: a client-side exception has occurred",
    "Something went wrong",
    "Oops! Something went wrong. Please try again later.",
    "An unexpected error occurred",
    "Failed to load notes",
    "Failed to fetch",
    "Unexpected token '<', \"<!doctype\" is not valid JSON",
  ])("shows an error in %p", (text) => {
    expect(faultIn(text)).toBe("error-text");
  });

  it.each([
    "Hello {{ user.name }}",
    "{{title | upper}}",
    "Hello ${name}",
    "${items.length} items",
    "<%= name %>",
    "{% if user %}",
  ])("left its template in %p", (text) => {
    expect(faultIn(text)).toBe("unrendered-template");
  });

  it.each(["CafÃ©", "Itâ€™s here", "Stra\uFFFDe", "GrÃ¼n"])("lost characters in %p", (text) => {
    expect(faultIn(text)).toBe("garbled-text");
  });
});

describe("A text that only speaks of faults", () => {
  it.each([
    "",
    "A variable without a value is undefined.",
    "What undefined means",
    "The behaviour of this function is undefined in all other cases, as the standard says: undefined.",
    "NaN is not a number",
    "Nan Goldin",
    "null and void",
    "Null is a number in German",
    "They wanted to know what an internal server error is.",
    "How to read an error message",
    "Something went wrong in 1912, and the ship sank, but the orchestra went on playing until the very end, which is what the song is about, and everybody knows its chorus by heart, even today.",
    "We met at the station (platform 3:1)",
    "Meet at https://example.com/a:3",
    "Warning: wet floor",
    "Notice: closed on Monday",
    "He paid ${40} for it",
    "Sets are {{a}, {b}}",
    "$100 and {braces}",
    "100 % of them",
    "Ã is a letter of Portuguese: SÃO PAULO",
    "No results",
    "0 errors",
    "Cannot swim",
    "Failed to load? Read how to mend it",
  ])("is left alone: %p", (text) => {
    expect(faultIn(text)).toBeUndefined();
  });
});
