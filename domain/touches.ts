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

/** Paths of `changed` that no declared prefix covers; none where nothing was declared, because then anything may change. */
export function undeclaredOf(touches: readonly string[], changed: readonly string[]): string[] {
  if (touches.length === 0) return [];
  const declared = prefixesOf(touches);
  return changed.filter((path) => {
    const segments = segmentsOf(path);
    return !declared.some((prefix) => prefix.every((part, index) => part === segments[index]));
  });
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
