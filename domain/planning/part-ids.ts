/** Ids of the parts of a split feature; apart from the split, because workflows ask for them and must not reach what plans are read with. */

/** True for what a split made: its sibling is beside it, and the whole is gone. @param ids of its milestone. */
export function isPart(id: string, ids: ReadonlySet<string>): boolean {
  const [, whole, letter] = /^(.+)-([ab])$/.exec(id) ?? [];
  return (
    whole !== undefined && !ids.has(whole) && ids.has(`${whole}-${letter === "a" ? "b" : "a"}`)
  );
}

/** The part before a later one, which stands on it. @param ids of its milestone. */
export function partBefore(id: string, ids: ReadonlySet<string>): string | undefined {
  const before = id.replace(/-b$/, "-a");
  return before !== id && isPart(id, ids) ? before : undefined;
}
