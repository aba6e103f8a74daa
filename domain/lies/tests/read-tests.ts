/** The tests of a file, where its language is one that is known here. */
import { languageOf, readSource } from "../reading/source.js";
import { readBracedTests } from "./braced.js";
import { readJavaScriptTests } from "./javascript.js";
import { readPythonTests } from "./python.js";
import type { TestFile } from "./test-case.js";

/** @returns undefined for a language whose tests are only counted. */
export function readTests(path: string, text: string): TestFile | undefined {
  const language = languageOf(path);
  switch (language) {
    case "javascript":
      return readJavaScriptTests(path, readSource(path, text));
    case "python":
      return readPythonTests(path, readSource(path, text));
    case "rust":
    case "go":
      return readBracedTests(path, readSource(path, text), language);
    case "shell":
    case "other":
    case undefined:
      return undefined;
  }
}
