/** The prompts of an interview: what was recommended is what Enter takes. Shown on stderr, or on given streams. */
import { stripVTControlCharacters } from "node:util";
import type { Choice, Streams } from "./ask.js";
import { cleanLine } from "./clean.js";

export interface Prompts {
  intro(title: string): void;
  /** Lines between two questions. */
  say(lines: readonly string[]): void;
  outro(text: string): void;
  /** @returns undefined on Ctrl-C. */
  choose(
    message: string,
    options: readonly Choice<string>[],
    initial: string,
  ): Promise<string | undefined>;
  /** @param flaw what is wrong with what was typed; the text stays where it is then. @returns undefined on Ctrl-C. */
  line(
    message: string,
    recommended: string,
    flaw: (typed: string) => string | undefined,
  ): Promise<string | undefined>;
}

export async function createPrompts(streams: Streams = {}): Promise<Prompts> {
  const clack = await import("@clack/prompts");
  const { input } = streams;
  const output = streams.output ?? process.stderr;
  const through = { output, ...(input === undefined ? {} : { input }) };
  const answered = (answer: unknown) => (typeof answer === "string" ? answer : undefined);
  return {
    intro(title) {
      clack.intro(cleanLine(title), { output });
    },
    say(lines) {
      const shown = lines.map((line) => stripVTControlCharacters(line));
      if (shown.length > 0) clack.log.message(shown, { output });
    },
    outro(text) {
      clack.outro(cleanLine(text), { output });
    },
    async choose(message, options, initial) {
      return answered(
        await clack.select<string>({
          message: cleanLine(message),
          options: options.map(({ value, label, hint }) => ({
            value,
            label: cleanLine(label),
            ...(hint === undefined ? {} : { hint: cleanLine(hint) }),
          })),
          initialValue: initial,
          ...through,
        }),
      );
    },
    async line(message, recommended, flaw) {
      return answered(
        await clack.text({
          message: cleanLine(message),
          placeholder: cleanLine(recommended),
          defaultValue: recommended,
          validate: (typed) => flaw(typed ?? ""),
          ...through,
        }),
      );
    },
  };
}
