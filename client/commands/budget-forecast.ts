import { echoInstant } from "../../domain/deadline-echo.js";
import type { Range } from "../../domain/estimates/estimate.js";
import {
  hoursFigure,
  rangeFigure,
  tokensFigure,
  usdFigure,
} from "../../domain/estimates/figures.js";
import { forecast, type Forecast, type WhatIf } from "../../domain/estimates/forecast.js";
import type { Caps, Tier } from "../../domain/mission.js";
import { hoursToMs, microUsdFromUsd } from "../../domain/money.js";
import { EXIT, type ExitCode } from "../../domain/problem.js";
import type { AmountsGiven } from "../budget/amounts-given.js";
import { readForecastInput } from "../budget/forecast-input.js";
import { TAKES_NOTHING, takesNothing } from "../budget/wording.js";
import type { Context } from "../context.js";
import { findRecord } from "../find-mission.js";
import { hasEnded } from "../mission-id.js";
import { findFeature } from "../mission-plan.js";
import { cleanLine } from "../terminal/clean.js";
import { tableColumns } from "../terminal/output.js";
import { table } from "../terminal/table.js";

interface Options extends AmountsGiven {
  without?: string[] | undefined;
  tier?: Tier | undefined;
}

/** When a mission is likely to finish and at what cost, also with changes that are only tried. */
export async function runBudgetForecast(
  context: Context,
  typed: string[],
  options: Options,
): Promise<ExitCode> {
  const { output } = context;
  const { record } = await findRecord(context, typed);
  const { input, tierModel } = await readForecastInput(context, record, options.tier);
  const { missionId, title, status } = record;
  const heading = `${missionId}  ${status}  ${cleanLine(title)}`;
  if (hasEnded(status)) {
    const { microUsd, tokens, activeMs } = input.spent;
    output.answer({ missionId, status, ended: true, spent: input.spent }, [
      heading,
      `It has ended: ${usdFigure(microUsd)}, ${tokensFigure(tokens)} tokens, ${hoursFigure(activeMs)} of active time.`,
    ]);
    return EXIT.ok;
  }
  const without = (options.without ?? [])
    .flatMap((ids) => ids.split(","))
    .filter((id) => id !== "");
  for (const id of without) findFeature(input.plan, missionId, id);
  const whatIf = whatIfOf(options, without, tierModel);
  const asItIs = forecast(input);
  const changed = whatIf === undefined ? undefined : forecast(input, whatIf);
  const zone = input.plan.deadline_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const width = tableColumns(output);
  output.answer(
    {
      missionId,
      status,
      ended: false,
      spent: input.spent,
      asItIs,
      ...(changed === undefined ? {} : { whatIf: { ...options, without }, changed }),
    },
    [
      heading,
      ...forecastLines(asItIs, input.spent, zone, width),
      ...(changed === undefined
        ? []
        : [
            "",
            `If ${saidOf(options, without)}:`,
            ...forecastLines(changed, input.spent, zone, width),
          ]),
      "",
      `Rests on n = ${asItIs.n} finished features, ${asItIs.own} of them this mission's own; ranges hold 80 %.`,
      "Waits for people, mails and times are not in it, nor the validation of milestones.",
    ],
  );
  return EXIT.ok;
}

function whatIfOf(
  { tier, usd, hours, tokens }: Options,
  without: readonly string[],
  model: string | undefined,
): WhatIf | undefined {
  const changes: WhatIf = {
    ...(without.length === 0 ? {} : { without }),
    ...(tier === undefined ? {} : { tier, model }),
    ...(usd === undefined ? {} : { microUsd: microUsdFromUsd(usd) }),
    ...(hours === undefined ? {} : { activeMs: hoursToMs(hours) }),
    ...(tokens === undefined ? {} : { tokens }),
  };
  return Object.keys(changes).length === 0 ? undefined : changes;
}

const saidOf = ({ tier, usd, hours, tokens }: Options, without: readonly string[]) =>
  [
    ...(without.length === 0 ? [] : [`${without.join(", ")} were left out`]),
    ...(tier === undefined ? [] : [`the rest were done by the tier ${tier}`]),
    ...(usd === undefined ? [] : [`the money were $${usd}`]),
    ...(hours === undefined ? [] : [`the hours were ${hours}`]),
    ...(tokens === undefined ? [] : [`the tokens were ${tokensFigure(tokens)}`]),
  ].join(" and ");

function forecastLines(seen: Forecast, spent: Caps, zone: string, width: number): string[] {
  const { left, total, caps, finish, workShare, fits, binding } = seen;
  const row = (
    name: string,
    figure: (amount: number) => string,
    currency: "money" | "time" | "tokens",
    amounts: [number, Range, Range, number],
  ) => {
    const [gone, ahead, sum, cap] = amounts;
    return [
      name,
      figure(gone),
      rangeFigure(currency, ahead),
      rangeFigure(currency, sum),
      figure(cap),
    ];
  };
  const rows = [
    row("money", usdFigure, "money", [
      spent.microUsd,
      left.microUsd,
      total.microUsd,
      caps.microUsd,
    ]),
    row("active time", hoursFigure, "time", [
      spent.activeMs,
      left.activeMs,
      total.activeMs,
      caps.activeMs,
    ]),
    row("tokens", tokensFigure, "tokens", [spent.tokens, left.tokens, total.tokens, caps.tokens]),
  ];
  const at = (iso: string) => echoInstant({ at: iso, zone });
  const limit = binding.currency === "time" ? "hours" : binding.currency;
  const pace =
    workShare < 0.995 ? `, working ${Math.round(workShare * 100)} % of the time as so far` : "";
  const many = left.features === 1 ? "1 feature is left" : `${left.features} features are left`;
  return [
    ...table(["", "SPENT", "LEFT", "AT THE END", "LIMIT"], rows, { width }),
    ...(left.features > 0 && takesNothing(left)
      ? [`${many}. ${TAKES_NOTHING}.`]
      : [
          `${many}. Likely to finish ${at(finish.likely)}${pace}.`,
          `With 80 % between ${at(finish.low)} and ${at(finish.high)}.`,
        ]),
    fits
      ? `Likely to stay within its limits: ${binding.pct} % of the ${limit}.`
      : `Likely to stop at its limit of ${limit} before the end: it needs ${binding.pct} % of it.`,
  ];
}
