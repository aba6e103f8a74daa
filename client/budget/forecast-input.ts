/** What this host knows of a mission that runs, as far as a forecast needs it. */
import type { ForecastInput } from "../../domain/estimates/forecast.js";
import type { Tier } from "../../domain/mission.js";
import type { Plan } from "../../domain/plan.js";
import { mergeRouting, modelFor } from "../../domain/routing.js";
import { readFinishedFeatures, readUsedFeatures } from "../../store/finished-features.js";
import type { MissionRecord } from "../../store/mission-record.js";
import type { Context } from "../context.js";
import { readMissionPlan } from "../mission-plan.js";

const NOTHING_LEFT = new Set(["done", "skipped", "cancelled"]);

/**
 * Prices are those of the models that the mission calls.
 * @returns also the model that a tier would be done by, where the routing names one.
 * @throws Problem when the plan is not on this host, or a price is not known.
 */
export async function readForecastInput(
  { environment, paths }: Context,
  record: MissionRecord,
  tier: Tier | undefined,
): Promise<{ input: ForecastInput; tierModel: string | undefined }> {
  const [{ providerOffers }, { createPrices }, { createSettingsReader }] = await Promise.all([
    import("../../config/offers.js"),
    import("../../config/prices.js"),
    import("../../config/settings.js"),
  ]);
  const written = await readMissionPlan(paths, record);
  const settings = createSettingsReader(paths.settings);
  const routing = mergeRouting(settings().routing, written.model_routing);
  const [offer] = await providerOffers({
    keysPath: paths.keys,
    settings: () => ({ ...settings(), routing }),
    prices: createPrices(settings),
    compatibleBaseUrl: environment.compatibleBaseUrl,
  });
  if (offer === undefined) throw new Error("there is always a reference offer");
  const history = await readFinishedFeatures(paths);
  const features = await readUsedFeatures(paths, record);
  const { missionId, totals, caps, projected, createdAt } = record;
  const spent = { microUsd: 0, tokens: 0, ...totals?.spent, activeMs: totals?.activeMs ?? 0 };
  const input: ForecastInput = {
    plan: withModels(written, (feature) => modelFor(routing, feature, "worker")),
    ended: new Set(
      features.filter(({ status }) => NOTHING_LEFT.has(status)).map(({ featureId }) => featureId),
    ),
    used: new Map(features.map(({ featureId, used }) => [featureId, used])),
    own: features.flatMap(({ finished }) => finished ?? []),
    basis: { offer, history: history.filter((finished) => finished.missionId !== missionId) },
    spent,
    caps: totals?.caps ?? caps,
    startedAtMs: Date.parse(projected?.["started"] || createdAt),
    nowMs: Date.now(),
  };
  return { input, tierModel: tier === undefined ? undefined : routing.tiers?.[tier] };
}

function withModels(
  plan: Plan,
  modelOf: (feature: Plan["milestones"][number]["features"][number]) => string | undefined,
): Plan {
  return {
    ...plan,
    milestones: plan.milestones.map((milestone) => ({
      ...milestone,
      features: milestone.features.map((feature) => {
        const model = modelOf(feature);
        return model === undefined ? feature : { ...feature, model };
      }),
    })),
  };
}
