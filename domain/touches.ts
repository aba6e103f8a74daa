/** Which parts of a repository a feature says it changes, and whether two of them meet. */

/** Path segments of one prefix; none means the whole repository. */
type Prefix = readonly string[];

const WHOLE: readonly Prefix[] = [[]];

/** @param touches folder or file prefixes; none means that anything may change. */
export function prefixesOf(touches: readonly string[]): readonly Prefix[] {
  return touches.length === 0 ? WHOLE : touches.map(segmentsOf);
}

function segmentsOf(path: string): Prefix {
  const segments: string[] = [];
  for (const segment of path.split(/[/\\]/)) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return segments;
}

/** @returns the narrower of two prefixes that meet ("" for the whole repository), or undefined when none do. */
export function overlapOf(some: readonly Prefix[], others: readonly Prefix[]): string | undefined {
  for (const a of some) {
    for (const b of others) {
      const [short, long] = a.length <= b.length ? [a, b] : [b, a];
      if (short.every((segment, index) => segment === long[index])) return long.join("/");
    }
  }
  return undefined;
}
