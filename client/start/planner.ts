/** Who plans a goal: a model that is set up on this host, or a blueprint with the person who does the work. */
import type { EstimateBasis } from "../../domain/estimates/estimate.js";
import type { ModelRouting } from "../../domain/plan.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { mergeRouting, parseModelId } from "../../domain/routing.js";
import { estimateBases } from "../budget/basis.js";
import type { Context } from "../context.js";
import { planningModel } from "../planning/planning-model.js";
import { choose } from "../terminal/ask.js";
import { enterKey, enterLocal } from "./key-setup.js";
import { openModelTools } from "./models.js";

export type Planner = { bases: EstimateBasis[] } & (
  | { kind: "model"; model: string; routing: ModelRouting }
  | { kind: "blueprint"; routing: ModelRouting }
);

/** Asks nobody. @throws Problem for a model without a price, or for settings that cannot be used. */
export async function findPlanner(context: Context): Promise<Planner> {
  const bases = await estimateBases(context);
  const model = await planningModel(context);
  if (model === undefined) return { kind: "blueprint", bases, routing: {} };
  const { access } = await openModelTools(context);
  const defaults = access.defaultRouting();
  return { kind: "model", model, bases, routing: routingWith(model, bases, defaults) };
}

/** The chosen routing, which goes into the plan: what the settings name, and for the rest the offer of the planner's provider. */
function routingWith(
  model: string,
  bases: readonly EstimateBasis[],
  defaults: ModelRouting,
): ModelRouting {
  const provider = parseModelId(model)?.provider;
  const offer = bases.find((basis) => basis.offer.provider === provider)?.offer;
  const offered: ModelRouting =
    offer === undefined
      ? { workers: model }
      : { workers: offer.models.standard, tiers: offer.models };
  return mergeRouting({ orchestrator: model, ...offered }, defaults);
}

/** Like `findPlanner`; without a model a terminal offers ways to one. */
export async function choosePlanner(context: Context): Promise<Planner | { kind: "demo" }> {
  const found = await findPlanner(context);
  if (found.kind === "model") return found;
  const way = await choose(
    "No model is set up here. How shall this be planned?",
    [
      {
        value: "key",
        label: "Enter a key, and let a model plan and work",
        hint: "kept on this machine, mode 0600, tested for less than $0.01",
      },
      { value: "local", label: "Use a local model", hint: "Ollama or anything OpenAI-compatible" },
      { value: "blueprint", label: "By a blueprint", hint: "costs nothing; you do the features" },
      {
        value: "demo",
        label: "See the demo instead",
        hint: "canned replies, everything else real",
      },
    ],
    context.streams,
  );
  if (way === "demo") return { kind: "demo" };
  if (way === "blueprint") return found;
  await (way === "key" ? enterKey(context) : enterLocal(context));
  const again = await findPlanner(context);
  if (again.kind === "model") return again;
  throw new Problem(
    EXIT.noModel,
    "The model that was set up cannot be reached.",
    "See why with: npx missions doctor",
  );
}
