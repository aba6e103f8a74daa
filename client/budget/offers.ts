/** What the providers that are set up on this host offer, the preferred first. */
import type { Context } from "../context.js";

/** @throws Problem for a price that nobody knows, or for settings that cannot be used. */
export async function configuredOffers({ environment, paths }: Context) {
  const [{ providerOffers }, { createPrices }, { createSettingsReader }] = await Promise.all([
    import("../../config/offers.js"),
    import("../../config/prices.js"),
    import("../../config/settings.js"),
  ]);
  const settings = createSettingsReader(paths.settings);
  return providerOffers({
    keysPath: paths.keys,
    settings,
    prices: createPrices(settings),
    compatibleBaseUrl: environment.compatibleBaseUrl,
  });
}
