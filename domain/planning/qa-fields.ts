/** App, flows and looks of a plan as a person compares them. Pure. */
import type { Plan } from "../plan.js";
import type { QaFlow, QaScope } from "../qa.js";

/** One text each, empty where there is none; the same plan gives the same. */
export const qaPlanFields = ({ app, flows = [] }: Plan) =>
  [
    ["app", app === undefined ? "" : JSON.stringify(app)],
    ["flows", flows.map(flowText).join("; ")],
  ] as const;

const flowText = ({ name, url, ...rest }: QaFlow): string => {
  const more = JSON.stringify(rest);
  return `${name} at ${url}${more === "{}" ? "" : ` ${more}`}`;
};

export const scopeText = (scope: QaScope | undefined): string => {
  if (scope === undefined) return "";
  const { flows, crawl, external } = scope;
  return [
    flows.length === 0 ? "all flows" : flows.join(", "),
    ...(crawl === undefined ? [] : [`links ${crawl} deep`]),
    ...(external === undefined ? [] : [external ? "other sites too" : "no other sites"]),
  ].join(", ");
};
