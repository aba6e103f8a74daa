/** What a start has made so far, to be taken back in reverse order when a later step fails. */
export interface Undo {
  add(take: () => Promise<void>): void;
  /** Everything stays. */
  keep(): void;
  /** Takes back all that can be; the first failure to do so is returned as a sentence, never thrown over the real reason. */
  all(): Promise<string | undefined>;
}

export function createUndo(): Undo {
  let steps: (() => Promise<void>)[] = [];
  return {
    add: (take) => {
      steps.push(take);
    },
    keep: () => {
      steps = [];
    },
    all: async () => {
      let failure: string | undefined;
      for (const take of steps.reverse()) {
        try {
          await take();
        } catch (error) {
          failure ??= error instanceof Error ? error.message : String(error);
        }
      }
      steps = [];
      return failure;
    },
  };
}
