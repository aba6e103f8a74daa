/** WCAG 2 A and AA, as far as axe-core can tell. */
import { AxeBuilder } from "@axe-core/playwright";
import type { LoadedPage, RuleHit } from "../loaded-page.js";
import { shown } from "./wording.js";

export const WCAG_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** One hit for each element; rules are `axe/<id>`. */
export async function accessibilityHits({ page, viewport }: LoadedPage): Promise<RuleHit[]> {
  const { violations } = await new AxeBuilder({ page })
    // Without it axe opens a window of its own; frames of other sites are not the app's.
    .setLegacyMode()
    .options({
      runOnly: { type: "tag", values: WCAG_TAGS },
      resultTypes: ["violations"],
      // Off in axe until WCAG 2.2 is everywhere; fingers need it.
      rules: { "target-size": { enabled: viewport.mobile === true } },
    })
    .analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, any, all, none }) => {
      const where = shown(target.flat().join(" "));
      const [why] = [...any, ...all, ...none];
      const detail = why === undefined ? "" : `: ${shown(why.message)}`;
      return {
        rule: `axe/${id}`,
        what: `${help} (${where})${detail}.`.replace(/\.\.$/, "."),
        where,
      };
    }),
  );
}
