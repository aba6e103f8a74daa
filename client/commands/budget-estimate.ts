import type {
  EstimateBasis,
  FeatureEstimate,
  FinishedFeature,
} from "../../domain/estimates/estimate.js";
import { estimateFeature } from "../../domain/estimates/estimate-feature.js";
import {
  hoursFigure,
  rangeFigure,
  tokensFigure,
  usdFigure,
} from "../../domain/estimates/figures.js";
import { totalOf } from "../../domain/estimates/predict.js";
import { sizeOf } from "../../domain/estimates/size-of.js";
import { TIERS, type FeatureKind, type Size, type Tier } from "../../domain/mission.js";
import { EXIT, Problem, type ExitCode } from "../../domain/problem.js";
import { estimateBases } from "../budget/basis.js";
import { similarFeatures } from "../budget/similar-features.js";
import { providerLine, restsOnLine } from "../budget/wording.js";
import type { Context } from "../context.js";
import { cleanLine } from "../terminal/clean.js";
import { tableColumns } from "../terminal/output.js";
import { table } from "../terminal/table.js";
import { fit } from "../terminal/width.js";

interface Options {
  feature: string;
  kind: FeatureKind;
  tier: Tier;
  size?: Size | undefined;
}

interface Alternative extends FeatureEstimate {
  model: string;
  /** Were every call made in batch; this build makes none. */
  batchMicroUsd?: number;
}

/** What one feature is likely to take. */
export async function runBudgetEstimate(
  context: Context,
  _typed: string[],
  options: Options,
): Promise<ExitCode> {
  const { output } = context;
  const text = cleanLine(options.feature);
  if (text === "") {
    throw new Problem(
      EXIT.badInput,
      "The feature is not described.",
      'Say in a few words what it adds: npx missions budget estimate --feature "Add sign-in"',
    );
  }
  const { kind, tier } = options;
  const guess = sizeOf(options.feature);
  const size = options.size ?? guess.size;
  const because = options.size === undefined ? guess.because : "you said so";
  const bases = await estimateBases(context);
  const history = bases[0]?.history ?? [];
  const similar = similarFeatures(text, history);
  const alike = history.filter((each) => each.kind === kind && each.size === size).length;
  const providers = bases.map((basis) => ({
    provider: basis.offer.provider,
    local: basis.offer.local,
    tiers: TIERS.map((each) => alternative({ kind, size, tier: each }, basis)),
  }));
  output.answer(
    { feature: text, kind, size, because, tier, n: history.length, alike, providers, similar },
    [
      `${fit(text, 100)}: ${size}, because ${because}`,
      ...bases.flatMap((basis, at) => [
        "",
        providerLine(basis.offer),
        ...tierTable(providers[at]?.tiers ?? [], tier, tableColumns(output)),
      ]),
      "",
      ...similarLines(similar),
      ...bases.slice(0, 1).map(restsOnLine),
      ...(history.length === 0 ? [] : [`Of kind ${kind} and size ${size}: ${alike}.`]),
    ],
  );
  return EXIT.ok;
}

function alternative(
  feature: { kind: FeatureKind; size: Size; tier: Tier },
  basis: EstimateBasis,
): Alternative {
  const { offer } = basis;
  const estimate = estimateFeature(feature, basis);
  const batch = offer.batchMicroUsd?.(feature.tier, estimate.mix);
  return {
    ...estimate,
    model: offer.models[feature.tier],
    ...(batch === undefined ? {} : { batchMicroUsd: batch }),
  };
}

function tierTable(tiers: readonly Alternative[], asked: Tier, width: number): string[] {
  const inBatch = tiers.some(({ batchMicroUsd }) => batchMicroUsd !== undefined);
  const head = ["", "TIER", "MODEL", "MONEY", "HOURS", "TOKENS", "FRESH/CACHED/OUT"];
  if (inBatch) head.push("IN BATCH*");
  const rows = tiers.map(({ tier, model, microUsd, activeMs, tokens, mix, batchMicroUsd }) => [
    tier === asked ? ">" : "",
    tier,
    model,
    rangeFigure("money", microUsd),
    rangeFigure("time", activeMs),
    rangeFigure("tokens", tokens),
    [mix.input, mix.cacheRead, mix.output].map(tokensFigure).join("/"),
    ...(inBatch ? [batchMicroUsd === undefined ? "" : usdFigure(batchMicroUsd)] : []),
  ]);
  const note = "* Were every call made in batch. The agents of this build make none.";
  return [...table(head, rows, { width }), ...(inBatch ? [note] : [])];
}

function similarLines(similar: readonly FinishedFeature[]): string[] {
  if (similar.length === 0) return ["No finished feature of this home is similar."];
  return [
    "Similar finished features:",
    ...similar.map(({ missionId, featureId, title, size, tier, tokens, microUsd, activeMs }) =>
      [
        `  ${missionId} ${featureId} ${cleanLine(title)} (${size}, ${tier}):`,
        `${usdFigure(microUsd)}, ${hoursFigure(activeMs)}, ${tokensFigure(totalOf(tokens))} tokens`,
      ].join(" "),
    ),
  ];
}
