/** What must hold of a plan's app, pages and flows, and of everything that names them. Pure; every violation is found. */
import { nearestName } from "./nearest-name.js";
import { prefixFlaw } from "./path-flaw.js";
import type { Violation } from "./plan-issues.js";
import { shown } from "./plan-issues.js";
import type { Check, Plan } from "./plan.js";
import type { PlanApp, QaFlow, QaScope } from "./qa.js";

export const qaViolations = (plan: Plan): Violation[] => [
  ...(plan.app === undefined ? [] : appViolations(plan.app)),
  ...flowViolations(plan.flows ?? [], "The plan"),
  ...useViolations(plan),
  ...rewriteViolations(plan),
];

const say = (sentence: string, remedy: string): Violation => ({ sentence, remedy });
const isBlank = (text: string) => text.trim() === "";

function appViolations({ run, prepare = [], ready, env = {}, origins = [] }: PlanApp): Violation[] {
  const violations: Violation[] = [];
  const complain = (sentence: string, remedy: string) => violations.push(say(sentence, remedy));
  if (isBlank(run))
    complain("The app's run is empty.", "Write the command that starts it, as node server.js.");
  for (const command of [run, ...prepare]) {
    const other = /(?<!\$)\{\s*port\s*\}/i.exec(command)?.[0];
    if (other === undefined || other === "{port}") continue;
    complain(`The app's command has ${shown(other)}.`, "Write {port} or $PORT, in this spelling.");
  }
  if (prepare.some(isBlank))
    complain("The app has an empty prepare command.", "Write the command, or remove the line.");
  if (ready !== undefined && !isAppPath(ready)) {
    const remedy = "Write a path of the app that answers when it is ready, as /health.";
    complain(`The app's ready is ${shown(ready)}.`, remedy);
  }
  for (const [name, value] of Object.entries(env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      complain(`The app's env has the name ${shown(name)}.`, "Use letters, digits and _.");
    if (name === "PORT")
      complain("The app's env sets PORT.", "Leave it out: the engine chooses it, or write port.");
    if (/^secret:/.test(value))
      complain(
        `The app's env gives ${shown(name)} a secret.`,
        "Let it run without: it is looked at, not used.",
      );
  }
  for (const origin of origins.filter((each) => !isOrigin(each)))
    complain(`The app's origins name ${shown(origin)}.`, "Write it as https://tiles.example.org.");
  return violations;
}

/** @param whose begins the sentences: the plan, or the name of a file of flows. */
export function flowViolations(flows: readonly QaFlow[], whose: string): Violation[] {
  const violations: Violation[] = [];
  const seen = new Set<string>();
  for (const { name, url, steps = [] } of flows) {
    const where = `${whose}: flow ${shown(name)}`;
    if (isBlank(name) || /[\p{Cc}\p{Cs}]/u.test(name))
      violations.push(say(`${where} has no usable name.`, "Name it in a few words."));
    if (seen.has(name))
      violations.push(say(`${where} is there twice.`, "Give each flow a name of its own."));
    seen.add(name);
    const addresses = [url, ...steps.flatMap((step) => ("goto" in step ? [step.goto] : []))];
    for (const address of addresses.filter((each) => !isAppPath(each) && !isLoopback(each))) {
      violations.push(
        say(
          `${where} goes to ${shown(address)}, which is not part of the app.`,
          "Write a path of the app, as /notes.",
        ),
      );
    }
  }
  return violations;
}

/** As `/notes?all=1`; `//host` is another site. */
const isAppPath = (path: string) => /^\/(?![/\\])[^\s\\]*$/u.test(path);

function isLoopback(address: string): boolean {
  const url = parsed(address);
  return (
    (url?.protocol === "http:" || url?.protocol === "https:") &&
    /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname) &&
    url.username === ""
  );
}

const isOrigin = (text: string) => {
  const url = parsed(text);
  return (
    (url?.protocol === "http:" || url?.protocol === "https:") &&
    url.origin === text.replace(/\/$/, "")
  );
};

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** Where a plan needs its app in a browser, and which flows it names there. */
function* uses(plan: Plan): Generator<{ where: string; flows: readonly string[] }> {
  const ofChecks = function* (owner: string, checks: readonly Check[]) {
    for (const { id, verify } of checks) {
      if (verify.method !== "browser") continue;
      yield { where: `${owner}, check ${shown(id)}`, flows: [verify.flow] };
    }
  };
  const ofScope = (where: string, scope: QaScope) => ({ where, flows: scope.flows });
  for (const { id, ui, checks, features } of plan.milestones) {
    if (ui !== undefined) yield ofScope(`Milestone ${id}: ui`, ui);
    yield* ofChecks(`Milestone ${id}`, checks);
    for (const feature of features) {
      const where = `Feature ${feature.id}`;
      if (feature.kind === "browser-qa") yield ofScope(where, feature.qa ?? { flows: [] });
      yield* ofChecks(where, feature.checks);
    }
  }
}

function useViolations(plan: Plan): Violation[] {
  const violations: Violation[] = [];
  const names = (plan.flows ?? []).map(({ name }) => name);
  for (const { where, flows } of uses(plan)) {
    if (plan.app === undefined && violations.length === 0) {
      violations.push(
        say(
          `${where} needs a browser, but the plan does not say how its app is started.`,
          "Add app with run, the command that starts it, as `app: {run: node server.js}`.",
        ),
      );
    }
    for (const flow of flows.filter((each) => !names.includes(each))) {
      const nearest = nearestName(flow, names);
      const known = names.length === 0 ? "Add it under flows." : `Known: ${names.join(", ")}.`;
      const remedy = nearest === undefined ? known : `Did you mean ${nearest}?`;
      violations.push(
        say(`${where} names the flow ${shown(flow)}, which the plan does not have.`, remedy),
      );
    }
  }
  for (const { id, kind, qa } of plan.milestones.flatMap(({ features }) => features)) {
    if (qa === undefined || kind === "browser-qa") continue;
    violations.push(
      say(
        `Feature ${id} has qa, which only a feature of kind browser-qa uses.`,
        "Remove it, or give the milestone ui.",
      ),
    );
  }
  return violations;
}

function rewriteViolations(plan: Plan): Violation[] {
  return plan.milestones
    .flatMap(({ features }) => features)
    .flatMap(({ id, rewrites = [] }) =>
      rewrites.flatMap((path) => {
        const flaw = prefixFlaw(path);
        if (flaw === undefined) return [];
        const remedy = "Write the prefix of the tests that it may change, as test/login.";
        return [say(`Feature ${id} rewrites ${shown(path)}, which ${flaw}.`, remedy)];
      }),
    );
}

/** True where some part of the plan needs its app in a browser. */
export const needsBrowser = (plan: Plan): boolean => !uses(plan).next().done;
