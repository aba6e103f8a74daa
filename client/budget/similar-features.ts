/** Finished features whose titles are like a text. */
import MiniSearch from "minisearch";
import type { FinishedFeature } from "../../domain/estimates/estimate.js";

const MOST = 5;

/** The most similar first, at most five. */
export function similarFeatures(
  text: string,
  history: readonly FinishedFeature[],
): FinishedFeature[] {
  const search = new MiniSearch<{ id: number; title: string }>({
    fields: ["title"],
    searchOptions: { fuzzy: 0.2, prefix: true },
  });
  search.addAll(history.map(({ title }, id) => ({ id, title })));
  return search
    .search(text.slice(0, 2_000))
    .slice(0, MOST)
    .flatMap(({ id }) => history[id as number] ?? []);
}
