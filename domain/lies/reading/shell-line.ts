/** A line of shell as the programs that it runs. */

export interface ShellCommand {
  /** Program and what it is given, without variables before it and without what only starts it (npx, python -m). */
  words: string[];
  /** What follows it: `&&`, `||`, `;`, `|`, `&`, or nothing. */
  then: string;
  /** Starts with `!`: its failure counts as success. */
  inverted: boolean;
}

const PIECE =
  /\s+|\\\n|#[^\n]*(?=\n|$)|&&|\|\||;;?|\|&?|&(?!>)|\n|(?:\d*>{1,2}&?\d*)|"(?:\\[^]|[^"\\])*"?|'[^']*'?|(?:\\[^]|[^\s"'|&;>\\])+/y;

export function readShell(text: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let glued = false;
  const end = (then: string) => {
    if (words.length > 0) commands.push(...commandOf(words, then));
    else if (commands.length > 0 && then === "||") (commands.at(-1) as ShellCommand).then = then;
    words = [];
    glued = false;
  };
  PIECE.lastIndex = 0;
  for (let at = 0; at < text.length; at = PIECE.lastIndex) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(text)?.[0];
    if (piece === undefined) {
      PIECE.lastIndex = at + 1;
      continue;
    }
    if (/^\s*\n\s*$/.test(piece)) end(";");
    else if (/^(?:\s+|\\\n)$/.test(piece)) glued = false;
    else if (/^(?:&&|\|\||;;?|\|&?|&|\n)$/.test(piece)) end(piece === "\n" ? ";" : piece);
    else if (piece.startsWith("#") && !glued) continue;
    else {
      const plain = /^["']/.test(piece)
        ? piece.slice(1, /["']$/.test(piece.slice(1)) ? -1 : undefined)
        : piece;
      if (glued) words.push((words.pop() ?? "") + plain);
      else words.push(plain);
      glued = true;
    }
  }
  end("");
  return commands;
}

const STARTERS = new Set([
  "npx",
  "bunx",
  "exec",
  "time",
  "command",
  "env",
  "cross-env",
  "sudo",
  "dotenv",
  "--",
  "nice",
  "xvfb-run",
  "do",
  "then",
  "else",
  "if",
  "while",
  "{",
  "(",
]);
const PAIRS: readonly (readonly [string, string])[] = [
  ["pnpm", "exec"],
  ["yarn", "exec"],
  ["npm", "exec"],
  ["yarn", "run"],
  ["uv", "run"],
  ["poetry", "run"],
  ["pipenv", "run"],
  ["pdm", "run"],
  ["hatch", "run"],
  ["bundle", "exec"],
  ["python", "-m"],
  ["python3", "-m"],
];

function commandOf(given: readonly string[], then: string): ShellCommand[] {
  let words = [...given];
  let inverted = false;
  for (;;) {
    const [first = "", second = ""] = words;
    if (/^[A-Za-z_]\w*=/.test(first) || STARTERS.has(first)) words = words.slice(1);
    else if (first === "!") {
      inverted = true;
      words = words.slice(1);
    } else if (PAIRS.some(([a, b]) => a === first && b === second) && words.length > 2)
      words = words.slice(2);
    else if (first === "npx" || (first.startsWith("-") && given[0] === "npx"))
      words = words.slice(1);
    else break;
    if (words.length === 0) return [];
  }
  const [first = "", second = "", third = ""] = words;
  if (/^(?:ba|z|da)?sh$/.test(first) && /^-\w*c$/.test(second))
    return readShell(third).map((each, n, all) =>
      n === all.length - 1 ? { ...each, then } : each,
    );
  const program = first.replace(/^(?:\.\/)?node_modules\/\.bin\//, "").replace(/^\(+/, "");
  const wrapper = /^(?:c8|nyc|coverage)$/.test(program) ? wrapped(words.slice(1)) : [];
  return [
    { words: [program, ...words.slice(1)], then, inverted },
    ...wrapper.map((each) => ({ ...each, then })),
  ];
}

/** What a program of coverage runs. */
function wrapped(words: readonly string[]): ShellCommand[] {
  const at = words.findIndex(
    (word) => !word.startsWith("-") && word !== "run" && !/^\d/.test(word),
  );
  return at < 0 ? [] : commandOf(words.slice(at), "");
}
