/** Without a usable model a terminal offers the demo, a key, a local model, or scripts only; anything else is a Problem. */
import { KEYED_PROVIDERS, writeKey, type KeyedProvider } from "../../config/keys.js";
import { Secret } from "../../config/secret.js";
import type { Plan } from "../../domain/plan.js";
import { formatUsd } from "../../domain/money.js";
import { EXIT, Problem } from "../../domain/problem.js";
import type { Context } from "../context.js";
import { askHidden, askText, choose } from "../terminal/ask.js";
import { cleanLine } from "../terminal/clean.js";
import { saveLocalModel } from "./local-model.js";
import { needModels, openModelTools, thinkingFeatures } from "./models.js";
import { suggestedWorker, testModelOf } from "./suggested-models.js";

export type ModelsSettled = { kind: "ready"; plan: Plan; models: string[] } | { kind: "demo" };

/** @returns the plan with a model in it where the person chose one. @throws Problem noModel. */
export async function settleModels(context: Context, plan: Plan): Promise<ModelsSettled> {
  try {
    return { kind: "ready", plan, models: await needModels(context, plan) };
  } catch (error) {
    const mendable = error instanceof Problem && error.exitCode === EXIT.noModel;
    if (!mendable || !context.output.interactive) throw error;
    context.output.note(cleanLine(error.message));
    return setUp(context, plan);
  }
}

async function setUp(context: Context, plan: Plan): Promise<ModelsSettled> {
  const way = await choose("This plan needs a model. How shall it get one?", [
    {
      value: "key",
      label: "Enter a key",
      hint: "kept on this machine, mode 0600, tested for less than $0.01",
    },
    { value: "local", label: "Use a local model", hint: "Ollama or anything OpenAI-compatible" },
    { value: "demo", label: "See the demo instead", hint: "canned replies, everything else real" },
    { value: "scripts", label: "Only scripts, no model" },
  ]);
  if (way === "demo") return { kind: "demo" };
  if (way === "scripts") throw scriptsOnly(plan);
  const model =
    way === "key" ? await enterKey(context, plan.model_routing.workers) : await enterLocal(context);
  const changed = withModel(plan, model, way === "local");
  return { kind: "ready", plan: changed, models: await needModels(context, changed) };
}

/** @returns the model to work with: the one that is named already, where the key is its provider's. */
export async function enterKey(context: Context, named?: string): Promise<string> {
  const provider = await choose(
    "Whose key?",
    KEYED_PROVIDERS.filter((name) => name !== "compatible").map((value) => ({
      value,
      label: value,
    })),
  );
  const typed = (await askHidden(`Key for ${provider}`)).trim();
  if (typed === "") {
    throw new Problem(
      EXIT.noModel,
      "No key was entered.",
      `Start again, or keep one first: npx missions key set ${provider}`,
    );
  }
  await keepTestedKey(context, provider, new Secret(typed));
  return named?.startsWith(`${provider}/`) === true ? named : suggestedWorker(provider);
}

/** Tests the key first: a wrong one is never kept. */
export async function keepTestedKey(
  context: Context,
  provider: KeyedProvider,
  key: Secret,
): Promise<void> {
  const { testKey } = await import("../../config/key-test.js");
  const { prices, addressOf } = await openModelTools(context);
  const cost = await testKey({
    provider,
    name: testModelOf(provider),
    key,
    prices,
    ...addressOf(provider),
  });
  await writeKey(context.paths.keys, provider, key);
  context.output.note(
    `The key works (the test cost ${formatUsd(cost)}) and is kept in ${context.paths.keys}.`,
  );
}

export async function enterLocal(context: Context): Promise<string> {
  const baseUrl = (await askText("Its address", "http://127.0.0.1:11434/v1")).trim();
  const name = (await askText("Name of the model", "qwen3-coder")).trim();
  return saveLocalModel(
    context.paths.settings,
    baseUrl || "http://127.0.0.1:11434/v1",
    name || "qwen3-coder",
  );
}

/** The chosen model for everything that names none; a local one for everything. */
function withModel(plan: Plan, model: string, everywhere: boolean): Plan {
  if (!everywhere) return { ...plan, model_routing: { ...plan.model_routing, workers: model } };
  return {
    ...plan,
    model_routing: { workers: model },
    milestones: plan.milestones.map((milestone) => ({
      ...milestone,
      features: milestone.features.map(({ model: _, ...feature }) => feature),
    })),
  };
}

function scriptsOnly(plan: Plan): Problem {
  const ids = thinkingFeatures(plan).map(({ id }) => id);
  const named = ids.slice(0, 5).join(", ") + (ids.length > 5 ? ` and ${ids.length - 5} more` : "");
  return new Problem(
    EXIT.noModel,
    `Without a model these features have nobody to do them: ${named}.`,
    "Give them `agent: script` and `commands`, as examples/existing-repo/plan.yaml does.",
  );
}
