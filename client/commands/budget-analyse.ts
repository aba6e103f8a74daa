import {
  MOST_FEATURES,
  whatBuys,
  type SizeBought,
  type TierBought,
} from "../../domain/estimates/buying.js";
import type { EstimateBasis, Range } from "../../domain/estimates/estimate.js";
import { tokensFigure } from "../../domain/estimates/figures.js";
import { SIZES } from "../../domain/mission.js";
import { EXIT, type ExitCode } from "../../domain/problem.js";
import { purseFrom, type AmountsGiven } from "../budget/amounts-given.js";
import { estimateBases } from "../budget/basis.js";
import { providerLine, restsOnLine } from "../budget/wording.js";
import type { Context } from "../context.js";
import { tableColumns } from "../terminal/output.js";
import { table } from "../terminal/table.js";

/** What a budget buys, tier by tier, for each configured provider. */
export async function runBudgetAnalyse(
  context: Context,
  _typed: string[],
  options: AmountsGiven,
): Promise<ExitCode> {
  const purse = purseFrom(options);
  const { output } = context;
  const bases = await estimateBases(context);
  const providers = bases.map((basis) => ({ basis, tiers: whatBuys(purse, basis) }));
  const width = tableColumns(output);
  const { usd, hours, tokens } = options;
  output.answer(
    {
      budget: { usd, hours, tokens },
      n: bases[0]?.history.length ?? 0,
      providers: providers.map(({ basis, tiers }) => ({
        provider: basis.offer.provider,
        local: basis.offer.local,
        tiers,
      })),
    },
    [
      ...providers.flatMap(({ basis, tiers }) => [...linesOf(basis, tiers, width), ""]),
      "Whole features of kind code, 3 at once; in brackets, if each turns out dear or cheap.",
      ...(bases[0] === undefined ? [] : [restsOnLine(bases[0])]),
    ],
  );
  return EXIT.ok;
}

function linesOf({ offer }: EstimateBasis, tiers: readonly TierBought[], width: number): string[] {
  const head = ["TIER", "MODEL", "TOKENS", ...SIZES.map((size) => size.toUpperCase()), "ENDS WITH"];
  const rows = tiers.map(({ tier, model, tokens, sizes, binding }) => [
    tier,
    model,
    tokens === undefined ? "no limit" : tokensFigure(tokens),
    ...sizes.map(countCell),
    binding,
  ]);
  return [providerLine(offer), ...table(head, rows, { width, right: [2, 3, 4, 5, 6, 7] })];
}

const countCell = ({ features }: SizeBought) => {
  const { low, likely, high }: Range = features;
  return `${count(likely)} (${count(low)} to ${count(high)})`;
};

const count = (features: number) => (features >= MOST_FEATURES ? "any" : tokensFigure(features));
