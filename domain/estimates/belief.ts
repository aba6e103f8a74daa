/**
 * Averages that shrink: normal beliefs about a quantity in log space, along a tree of groups (home, kind, size, tier).
 * Precisions are in units of one observation, so a weight reads as "as many finished features". Exact for a tree.
 */

export interface Belief {
  /** How many observations it is worth; Infinity never occurs. */
  weight: number;
  mean: number;
  /** Squared distance, by weight, of what was pooled: what the estimate of the noise is made from. */
  misfit: number;
}

export interface Observed {
  /** The group at each level, from the widest to the narrowest. */
  path: readonly string[];
  value: number;
}

const NOTHING: Belief = { weight: 0, mean: 0, misfit: 0 };

/** Two independent beliefs about one quantity. */
export function pool(some: Belief, other: Belief): Belief {
  const weight = some.weight + other.weight;
  if (weight === 0) return { ...NOTHING, misfit: some.misfit + other.misfit };
  const share = other.weight / weight;
  const distance = other.mean - some.mean;
  return {
    weight,
    mean: some.mean + share * distance,
    misfit: some.misfit + other.misfit + some.weight * share * distance * distance,
  };
}

/** The same belief about a quantity that lies apart with a variance of `spread` observations. */
const loosen = ({ weight, mean, misfit }: Belief, spread: number): Belief => ({
  weight: weight / (1 + weight * spread),
  mean,
  misfit,
});

/**
 * What is believed of the narrowest group on `path`, in which there may be no observation.
 * @param spreads variance of the widest group around 0, then of each group around the one above it.
 */
export function believe(
  observed: readonly Observed[],
  path: readonly string[],
  [widest = 0, ...spreads]: readonly number[],
): Belief {
  let above = loosen({ weight: Number.MAX_SAFE_INTEGER, mean: 0, misfit: 0 }, widest);
  let here = observed;
  for (const [depth, spread] of spreads.entries()) {
    const groups = groupBy(here, depth);
    const own = path[depth] ?? "";
    for (const [name, group] of groups) {
      if (name !== own) above = pool(above, upward(group, depth, spreads));
    }
    above = loosen(above, spread);
    here = groups.get(own) ?? [];
  }
  return pool(above, upward(here, spreads.length - 1, []));
}

/** What a group at `depth` says about the one above it. */
function upward(group: readonly Observed[], depth: number, spreads: readonly number[]): Belief {
  const below = depth + 1;
  const parts =
    below >= spreads.length
      ? group.map(({ value }): Belief => ({ weight: 1, mean: value, misfit: 0 }))
      : [...groupBy(group, below).values()].map((part) => upward(part, below, spreads));
  return loosen(parts.reduce(pool, NOTHING), spreads[depth] ?? 0);
}

function groupBy(observed: readonly Observed[], depth: number): Map<string, Observed[]> {
  const groups = new Map<string, Observed[]>();
  for (const each of observed) {
    const name = each.path[depth] ?? "";
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [each]);
    else group.push(each);
  }
  return groups;
}
