/** A forge for each repository of a mission: its own, and those that its features name. */
import type { ForgePlace } from "../../domain/forge-place.js";
import type { ForgeKind } from "../../domain/mission.js";
import type { Plan } from "../../domain/plan.js";
import { Problem } from "../../domain/problem.js";
import type { Context } from "../context.js";
import { chooseForge, placeLine } from "./choose-forge.js";
import { choosePlaces, type Places } from "./places.js";

export interface ChosenForges {
  /** Of the mission's own repository; absent: review files in the mission folder, no server. */
  place?: ForgePlace;
  /** The same by the names of the others. */
  others?: Record<string, ForgePlace>;
  /** For the plan gate, one for each repository; none where a mission has no pull requests. */
  lines: string[];
}

interface MissionForges {
  missionId: string;
  /** By the command line; a kind of server is meant for the mission's own repository, `local` for all. */
  asked: ForgeKind | undefined;
}

type ForgeContext = Pick<Context, "environment" | "paths" | "output">;

/** @throws Problem as `chooseForge`, with the name of the repository. */
export async function chooseForges(
  context: ForgeContext,
  { plan, missionId, places, asked }: MissionForges & { plan: Plan; places: Places },
): Promise<ChosenForges> {
  const root = places.existing?.root;
  const { place, line } = await chooseForge(context, { plan, missionId, root, asked });
  const lines = line === undefined ? [] : [line];
  const others: Record<string, ForgePlace> = {};
  const isLocal = (asked ?? plan.forge) === "local";
  const ofOthers = { ...plan, forge: isLocal ? ("local" as const) : undefined };
  for (const [name, other] of Object.entries(places.repositories ?? {})) {
    const question = { plan: ofOthers, missionId, root: other };
    const chosen = await named(name, () => chooseForge(context, question));
    if (chosen.place !== undefined) others[name] = chosen.place;
    const where = chosen.place === undefined ? chosen.line : placeLine(chosen.place, missionId);
    if (where !== undefined) lines.push(`${name}: ${where}`);
  }
  return {
    ...(place === undefined ? {} : { place }),
    ...(Object.keys(others).length === 0 ? {} : { others }),
    lines,
  };
}

async function named<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const message = `The repository ${name} of the plan: ${error.message}`;
    throw new Problem(error.exitCode, message, error.remedy, error);
  }
}

/**
 * For the plan gate, where mode, forge and repositories of a plan may change: asked once for each answer that it can have;
 * what is wrong is shown and not thrown yet.
 */
export function forgeLines(
  context: Context,
  mission: MissionForges,
  asked: Parameters<typeof choosePlaces>[3],
): (plan: Plan) => Promise<string[]> {
  const known = new Map<string, Promise<string[]>>();
  const ask = async (plan: Plan) => {
    try {
      const places = await choosePlaces(context, plan, mission.missionId, asked);
      return (await chooseForges(context, { ...mission, plan, places })).lines;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return [`${error.message} ${error.remedy}`];
    }
  };
  return (plan) => {
    const { mode, workspace, forge, repositories } = plan;
    const key = JSON.stringify([mode, workspace, forge, repositories]);
    const lines = known.get(key) ?? ask(plan);
    known.set(key, lines);
    return lines;
  };
}
