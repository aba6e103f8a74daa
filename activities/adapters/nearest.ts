/** Finds what is about the same thing, by its words. */
import MiniSearch from "minisearch";

export interface Searchable {
  id: string;
  words: string;
}

/** Words that say nothing about what a piece of work is about. */
const EMPTY = new Set(
  "a an and any are as at be by can do for from has in into is it its new not of on or our so that the their then this to use uses using via was when where which with without add adds build builds make makes change changes file files code test tests feature page support".split(
    " ",
  ),
);

/** `userProfile.test.ts` is about user, profile, test and ts. */
const wordsOf = (text: string): string[] =>
  text
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1 && !EMPTY.has(word));

/** An index that can be asked often. */
export function indexWords(documents: readonly Searchable[]) {
  const index = new MiniSearch<Searchable>({ fields: ["words"], tokenize: wordsOf });
  index.addAll(documents);
  return {
    /**
     * Best first. @param leastWords words that must be met: one shared word is chance among long texts.
     * @returns ids that are at least half as near as the nearest.
     */
    nearest(text: string, { most, leastWords }: { most: number; leastWords: number }): string[] {
      const found = index.search(text, { prefix: (word) => word.length > 3 });
      const [first] = found;
      if (first === undefined) return [];
      return found
        .filter(({ score, queryTerms }) => {
          return score * 2 >= first.score && new Set(queryTerms).size >= leastWords;
        })
        .slice(0, most)
        .map(({ id }) => String(id));
    },
  };
}

export type WordIndex = ReturnType<typeof indexWords>;
