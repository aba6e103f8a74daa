/** A file as tokens, by what its name says it is. */
import { readJavaScript } from "./javascript.js";
import { C_LIKE, GO, MIXED, PYTHON, readPlain, RUST, SHELL } from "./plain.js";
import type { Source } from "./token.js";

export type Language = "javascript" | "python" | "rust" | "go" | "shell" | "other";

const BY_ENDING: readonly (readonly [RegExp, Language])[] = [
  [/\.(?:[cm]?[jt]sx?)$/, "javascript"],
  [/\.pyi?$/, "python"],
  [/\.rs$/, "rust"],
  [/\.go$/, "go"],
  [/\.(?:ba|z|k)?sh$|\.bats$/, "shell"],
  [
    /\.(?:java|kt|kts|cs|php|rb|swift|scala|ex|exs|c|cc|cpp|cxx|h|hpp|dart|groovy|vue|svelte|lua|jl|r|m|mm)$/i,
    "other",
  ],
];

/** @returns undefined for what is no source text. */
export const languageOf = (path: string): Language | undefined =>
  BY_ENDING.find(([ending]) => ending.test(path))?.[1];

export function readSource(path: string, written: string): Source {
  // A lone carriage return ends a line for Python and JavaScript, and hides what follows from who reads on.
  const text = written.includes("\r") ? written.replace(/\r\n?/g, "\n") : written;
  switch (languageOf(path)) {
    case "javascript":
      return readJavaScript(path, text);
    case "python":
      return readPlain(text, PYTHON);
    case "rust":
      return readPlain(text, RUST);
    case "go":
      return readPlain(text, GO);
    case "shell":
      return readPlain(text, SHELL);
    case "other":
      return readPlain(text, /\.(?:rb|php|exs?|r|jl)$/i.test(path) ? MIXED : C_LIKE);
    case undefined:
      return { tokens: [], comments: [], whole: false };
  }
}
