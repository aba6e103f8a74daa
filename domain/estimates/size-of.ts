/** The size class of a feature from its text: words that give it away, how many parts it names, how long it is. */
import { SIZES, type Size } from "../mission.js";

export interface SizeGuess {
  size: Size;
  /** For people, as `"migrate" and 4 parts`. */
  because: string;
}

/** The first class with a word in the text decides: a typo in the platform's guide is a typo. */
const SIGNALS: readonly [Size, readonly string[]][] = [
  [
    "trivial",
    [
      "typos?",
      "rename",
      "bump",
      "copyright",
      "badge",
      "whitespace",
      "spelling",
      "change (?:the )?(?:text|colou?r|label|title)",
    ],
  ],
  [
    "huge",
    [
      "from scratch",
      "rewrite",
      "re-?architect\\w*",
      "entire",
      "whole (?:code ?base|app\\w*|system|product)",
      "platform",
      "compiler",
      "multi-?tenan\\w+",
      "distributed",
      "marketplace",
    ],
  ],
  [
    "large",
    [
      "migrat\\w+",
      "integrat\\w+",
      "payments?",
      "billing",
      "real-?time",
      "offline",
      "synchroni[sz]\\w+",
      "recommend\\w+ engine",
      "work ?flows?",
      "permissions?",
      "pipeline",
      "infrastructure",
    ],
  ],
  [
    "small",
    [
      "tiny",
      "small",
      "simple",
      "minor",
      "one-?line\\w*",
      "buttons?",
      "flag",
      "tooltip",
      "icon",
      "label",
      "lint\\w*",
      "log ?line",
      "field",
      "readme",
      "config\\w*",
    ],
  ],
];

const SIGNAL_WORDS = SIGNALS.map(
  ([size, words]) =>
    [
      size,
      new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join("|")})(?![\\p{L}\\p{N}])`, "iu"),
    ] as const,
);

/** More text says nothing new about the size. */
const READ_CHARACTERS = 20_000;
const MANY_PARTS = 4;
const VERY_MANY_PARTS = 9;
const LONG_WORDS = 120;
const VERY_LONG_WORDS = 500;

/** Never throws; a text without any sign is `medium`. */
export function sizeOf(text: string): SizeGuess {
  const read = text.slice(0, READ_CHARACTERS);
  const [signal, word] = signalOf(read);
  const parts = partsOf(read);
  const words = read.split(/\s+/).filter((each) => each !== "").length;
  const byParts = parts >= VERY_MANY_PARTS ? 2 : parts >= MANY_PARTS ? 1 : 0;
  const byLength = words >= VERY_LONG_WORDS ? 2 : words >= LONG_WORDS ? 1 : 0;
  const at = SIZES.indexOf(signal ?? "medium") + Math.max(byParts, byLength);
  const reasons = [
    ...(word === undefined ? [] : [`the word ${JSON.stringify(word)}`]),
    ...(byParts > 0 ? [`${parts} parts`] : []),
    ...(byLength > 0 ? [`${words} words`] : []),
  ];
  return {
    size: SIZES[Math.min(at, SIZES.length - 1)] ?? "huge",
    because: reasons.join(" and ") || "nothing in the text says otherwise",
  };
}

function signalOf(text: string): [Size, string] | [undefined, undefined] {
  for (const [size, words] of SIGNAL_WORDS) {
    const found = words.exec(text);
    if (found !== null) return [size, found[0]];
  }
  return [undefined, undefined];
}

/** Items of a list, or of an enumeration in a sentence. */
export function partsOf(text: string): number {
  const items = text.match(/^\s*(?:[-*+]|\d+[.)])\s+\S/gm)?.length ?? 0;
  const enumerated = text
    .split(/[.\n;:!?]/)
    .map(
      (sentence) => sentence.split(/,| and | or | & /i).filter((part) => /\S/.test(part)).length,
    );
  return Math.max(items, ...enumerated, 1);
}
