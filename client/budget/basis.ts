/** What every estimate is made from on this host: the offers of configured providers, and finished features of its missions. */
import type { EstimateBasis } from "../../domain/estimates/estimate.js";
import { readFinishedFeatures } from "../../store/finished-features.js";
import type { Context } from "../context.js";
import { configuredOffers } from "./offers.js";

/** One for each offer, the preferred first. @throws Problem for a price that nobody knows, or for files that cannot be used. */
export async function estimateBases(context: Context): Promise<EstimateBasis[]> {
  const offers = await configuredOffers(context);
  const history = await readFinishedFeatures(context.paths);
  return offers.map((offer) => ({ offer, history }));
}
