/** The graph of features: which can still get their turn, and which go round in circles. Ids not in the list count as met. */

interface Node {
  id: string;
  dependsOn: readonly string[];
}

/** `free`: gets its turn whatever it depends on; `follows`: after all it depends on; `never`. */
export type Turn = "free" | "follows" | "never";

/** @returns the ids that get their turn. Time grows with features and dependencies, not with their product. */
export function reachable<N extends Node>(
  features: readonly N[],
  turnOf: (feature: N) => Turn,
): Set<string> {
  const ids = new Set(features.map(({ id }) => id));
  const dependants = new Map<string, string[]>();
  const missing = new Map<string, number>();
  const reached = new Set<string>();
  for (const feature of features) {
    const turn = turnOf(feature);
    const inside = feature.dependsOn.filter((id) => ids.has(id));
    if (turn === "free" || (turn === "follows" && inside.length === 0)) reached.add(feature.id);
    if (turn !== "follows") continue;
    missing.set(feature.id, inside.length);
    for (const id of inside) {
      const list = dependants.get(id);
      if (list === undefined) dependants.set(id, [feature.id]);
      else list.push(feature.id);
    }
  }
  // A set hands out what is added while it is walked.
  for (const id of reached) {
    for (const dependant of dependants.get(id) ?? []) {
      const left = (missing.get(dependant) ?? 0) - 1;
      missing.set(dependant, left);
      if (left === 0) reached.add(dependant);
    }
  }
  return reached;
}

/** @returns the ids of one cycle, each depending on the next and the last on the first; undefined when there is none. */
export function findCycle(features: readonly Node[]): string[] | undefined {
  const reached = reachable(features, () => "follows");
  const stuck = new Map(
    features.filter(({ id }) => !reached.has(id)).map((feature) => [feature.id, feature]),
  );
  const path = new Map<string, number>();
  let [at] = stuck.keys();
  while (at !== undefined && !path.has(at)) {
    path.set(at, path.size);
    at = stuck.get(at)?.dependsOn.find((id) => stuck.has(id));
  }
  return at === undefined ? undefined : [...path.keys()].slice(path.get(at));
}
