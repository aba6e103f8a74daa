/** What every estimate is made from on this host: the offers of configured providers, and finished features of its missions. */
import type { EstimateBasis } from "../../domain/estimates/estimate.js";
import { readFinishedFeatures } from "../../store/finished-features.js";
import type { Context } from "../context.js";

/** One for each offer, the preferred first. @throws Problem for a price that nobody knows, or for files that cannot be used. */
export async function estimateBases(context: Context): Promise<EstimateBasis[]> {
  const [{ providerOffers }, { createPrices }, { createSettingsReader }] = await Promise.all([
    import("../../config/offers.js"),
    import("../../config/prices.js"),
    import("../../config/settings.js"),
  ]);
  const { environment, paths } = context;
  const settings = createSettingsReader(paths.settings);
  const offers = await providerOffers({
    keysPath: paths.keys,
    settings,
    prices: createPrices(settings),
    compatibleBaseUrl: environment.compatibleBaseUrl,
  });
  const history = await readFinishedFeatures(paths);
  return offers.map((offer) => ({ offer, history }));
}
