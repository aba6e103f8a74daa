import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { budgetGiven } from "../../../client/budget/amounts-given.js";
import { providerOffers } from "../../../config/offers.js";
import { createPrices } from "../../../config/prices.js";
import { createSettingsReader } from "../../../config/settings.js";
import type { ProviderOffer } from "../../../domain/estimates/estimate.js";
import { rangeFigure } from "../../../domain/estimates/figures.js";
import { LEVEL_NAMES, levelsForGoal } from "../../../domain/estimates/levels.js";
import { GOAL_TYPES } from "../../../domain/mission.js";
import { blueprintFor } from "../../../domain/planning/blueprints.js";
import { GOALS } from "../../e2e/goals.js";

const text = readFileSync(
  fileURLToPath(new URL("../../../docs/estimates.md", import.meta.url)),
  "utf8",
);
let folder: string;
let offer: ProviderOffer | undefined;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "documented-"));
  const settings = createSettingsReader(join(folder, "settings.yaml"));
  const prices = createPrices(settings);
  [offer] = await providerOffers({ keysPath: join(folder, "keys.json"), settings, prices });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("the documented levels", () => {
  it("are of the goals that are planned end to end, one of each sort", () => {
    expect(GOALS.map(({ type }) => type).sort()).toEqual([...GOAL_TYPES].sort());
    const rows = text.split("\n").filter((line) => /^\| .* \| \**MVP\** \|/.test(line));
    expect(rows.map((row) => row.split(" | ")[0])).toEqual(GOALS.map(({ goal }) => `| ${goal}`));
  });

  it.each(GOALS)("of $goal are those that the command prints", ({ goal, type }) => {
    if (offer === undefined) throw new Error("there is always a reference");
    const budget = budgetGiven({ usd: 200, hours: 40 });
    const { levels, bought } = levelsForGoal(
      { goal, type },
      blueprintFor(type),
      { offer, history: [] },
      budget,
    );
    const rows = levels.map(({ level, total }) => {
      const name = bought === level ? `**${LEVEL_NAMES[level]}**` : LEVEL_NAMES[level];
      const { microUsd, activeMs, tokens } = total;
      const cells = [
        goal,
        name,
        rangeFigure("money", microUsd),
        rangeFigure("time", activeMs),
        rangeFigure("tokens", tokens),
      ];
      return `| ${cells.join(" | ")} |`;
    });
    expect(text.split("\n").filter((line) => line.startsWith(`| ${goal} |`))).toEqual(rows);
  });
});
