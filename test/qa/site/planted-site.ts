/** Lays planted defects out on pages. */
import type { Site, SiteAnswer } from "./answers.js";
import type { PageText } from "./page-text.js";
import { PARAGRAPH, type Planted, wrong } from "./planted.js";

/** Path of a planted defect's page. */
export const plantedPath = ({ rule, path, on }: Planted): string =>
  path ?? `/${(on ?? rule).replace("/", "-")}`;

/** What a planted defect's page is called. */
export const plantedOn = ({ rule, on }: Planted): string => on ?? rule;

export const plantedSite = (defects: readonly Planted[]): Site =>
  defects.reduce<Site>(
    (site, defect) => ({
      ...site,
      [plantedPath(defect)]: pageOf(defect, defects),
      ...defect.with,
    }),
    { "/": wrong(PARAGRAPH) },
  );

function pageOf({ on, page }: Planted, defects: readonly Planted[]): string | SiteAnswer {
  if (on === undefined) return page;
  const parts = defects.flatMap(({ on: other, page }) => (other === on ? [page as PageText] : []));
  const all = (of: "head" | "body" | "script") => parts.map((each) => each[of] ?? "").join("\n");
  return wrong(all("body"), {
    ...parts.reduce((whole, each) => ({ ...whole, ...each })),
    head: all("head"),
    script: all("script"),
  });
}
