/** What a person who approves a plan has to know of this machine: its sandbox, its browser, who looks at the work. */
import { openPrivateHosts } from "../../config/private-hosts.js";
import { createSettingsReader } from "../../config/settings.js";
import { sayPrivateHost } from "../../domain/hosts.js";
import { modelFor, mergeRouting } from "../../domain/routing.js";
import { needsBrowser } from "../../domain/plan-qa.js";
import type { Plan } from "../../domain/plan.js";
import { Problem } from "../../domain/problem.js";
import { probeSandbox } from "../../store/sandbox-probe.js";
import type { Context } from "../context.js";
import { browserHere } from "./browser-state.js";
import { wrapWhole } from "../terminal/width.js";
import { openModelTools } from "./models.js";

/** @returns nothing where all is there. */
export async function planNotices(context: Context, plan: Plan): Promise<string[]> {
  const [sandbox, ...others] = await Promise.all([
    sandboxNotice(context),
    browserNotice(context, plan),
    reviewNotice(context, plan),
  ]);
  const columns = context.output.columns();
  return [...sandbox, ...networkNotice(context, plan), ...others.flat()].flatMap((line) =>
    wrapWhole(line, columns),
  );
}

/** Nothing is said of machines elsewhere, which run the commands then. */
async function sandboxNotice({ environment }: Context): Promise<string[]> {
  const { path, workersElsewhere } = environment;
  const found = workersElsewhere ? undefined : await probeSandbox(path);
  if (found === undefined || found.works) return [];
  return [
    "Sandbox none: commands of agents and checks can read and change what your user can",
    `        ${found.why}`,
  ];
}

/** What the plan opens, and what the owner of this machine opened for every mission. */
function networkNotice({ environment, paths }: Context, { hosts = [], app }: Plan): string[] {
  const named = [...hosts, ...(app?.origins ?? [])];
  const inside = environment.workersElsewhere
    ? []
    : openPrivateHosts(createSettingsReader(paths.settings)(), environment).map(sayPrivateHost);
  return [
    ...(named.length === 0 ? [] : [`Network the plan opens ${named.join(", ")}`]),
    ...(inside.length === 0
      ? []
      : [
          `Network commands reach ${inside.join(", ")} of your own network (sandbox.private_hosts)`,
        ]),
  ];
}

async function browserNotice(context: Context, plan: Plan): Promise<string[]> {
  if (context.environment.workersElsewhere || !needsBrowser(plan)) return [];
  const found = await browserHere(context);
  if ("path" in found) return [];
  return [
    "Browser none: its pages cannot be looked at, and what could not be seen does not pass",
    `        ${found.why}`,
  ];
}

/** Full mode promises a second pair of eyes. */
async function reviewNotice(context: Context, plan: Plan): Promise<string[]> {
  if (plan.mode !== "full") return [];
  const { access } = await openModelTools(context);
  const routing = mergeRouting(access.defaultRouting(), plan.model_routing);
  const model = modelFor(routing, undefined, "validation");
  const why =
    model === undefined
      ? "No model is named for validation: add model_routing.validation to the plan, or routing.validation to settings.yaml."
      : await whyNot(() => access.check(model));
  if (why === undefined) return [];
  return [
    "Reviewer none: features are merged and milestones pass on checks alone, without fresh eyes",
    `        ${why}`,
  ];
}

async function whyNot(check: () => Promise<void>): Promise<string | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return `${error.message} ${error.remedy}`;
  }
}
