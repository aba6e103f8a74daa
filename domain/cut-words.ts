/** Sentences that quote others, cut to a length without tearing what they quote. */

const CLOSES: Readonly<Record<string, string>> = { "[": "]", "(": ")", "{": "}", '"': '"' };

/** What is still open at the end of a text, the outermost first. Brackets inside quotes are what somebody wrote. */
function openAtEnd(text: string): string[] {
  const open: string[] = [];
  for (const char of text.replace(/\\./g, "")) {
    const last = open.at(-1);
    if (last === '"' ? char === '"' : last !== undefined && char === CLOSES[last]) open.pop();
    else if (last !== '"' && char in CLOSES) open.push(char);
  }
  return open;
}

/** At most so many characters, cut after a word: "…" shows the cut, and quotes and brackets are closed again. */
export function cutAtWord(text: string, characters: number): string {
  if (text.length <= characters) return text;
  let room = characters - 1;
  for (;;) {
    const cut = text.slice(0, room).replace(/\p{Surrogate}$/u, "");
    const space = cut.lastIndexOf(" ");
    // A word that is longer than half of it all is cut within.
    const isWhole = text[cut.length] === " " || space < room / 2;
    const kept = (isWhole ? cut : cut.slice(0, space)).replace(/[\s,;:.…("[{]+$/, "");
    const closing = openAtEnd(kept)
      .reverse()
      .map((char) => CLOSES[char])
      .join("");
    if (kept.length + 1 + closing.length <= characters) return `${kept}…${closing}`;
    if (room <= closing.length + 1) return text.slice(0, characters);
    room -= closing.length;
  }
}
