/** How the features of a blueprint are written down: `mvp("sign-in", "Accounts and sign-in", "medium", {...})`. */
import type { OutcomeLevel, Size } from "../../mission.js";
import type { BlueprintFeature } from "../blueprint.js";

type Rest = Pick<BlueprintFeature, "brief" | "touches" | "checks"> &
  Partial<Pick<BlueprintFeature, "kind" | "dependsOn" | "serves">>;

const at =
  (level: OutcomeLevel) =>
  (key: string, title: string, size: Size, rest: Rest): BlueprintFeature => ({
    key,
    title,
    size,
    level,
    kind: "code",
    dependsOn: [],
    ...rest,
  });

/** In every level. */
export const mvp = at("mvp");
/** From production-ready on. */
export const production = at("production");
export const polished = at("polished");
