/** A printed command must work as typed: words with anything unusual are quoted for a POSIX shell. */
export const shellWord = (word: string) =>
  /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) && !word.startsWith("-")
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;

/** `atDeadline` as it is typed: `--at-deadline`. */
export const optionFlag = (name: string) =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** @returns `npx missions <words>`. */
export const missionsCommand = (...words: string[]) =>
  ["npx missions", ...words.map((word) => (word.startsWith("--") ? word : shellWord(word)))].join(
    " ",
  );
