/** Sentences that every budget command says the same way. */
import type {
  EstimateBasis,
  ProviderOffer,
  TotalEstimate,
} from "../../domain/estimates/estimate.js";
import { cleanLine } from "../terminal/clean.js";

export const providerLine = ({ provider, local }: ProviderOffer): string =>
  `${cleanLine(provider)}${local ? ", a model of your own" : ""}`;

/** No model works on it and no hours are written for it: a finish at once would be no estimate. */
export const takesNothing = ({ microUsd, tokens, activeMs }: Omit<TotalEstimate, "n">): boolean =>
  [microUsd, tokens, activeMs].every(({ high }) => high === 0);

export const TAKES_NOTHING =
  "Scripts or people do what is left, for which no money, hours or finish can be estimated";

/** Says n, always. */
export const restsOnLine = ({ history }: EstimateBasis): string =>
  history.length === 0
    ? "Rests on documented guesses alone: n = 0 finished features of this home (docs/estimates.md)."
    : `Rests on n = ${history.length} finished feature${history.length === 1 ? "" : "s"} of this home, and documented guesses where they say little.`;
