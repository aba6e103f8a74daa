/** Options of a look, made whole; what cannot be used is said in a sentence. */
import { nearestName } from "../domain/nearest-name.js";
import type { QaFlow, Viewport } from "../domain/qa.js";
import { addressOf } from "./addresses.js";
import { QA_TIMEOUTS, type QaOptions, type QaTimeouts } from "./options.js";
import { QA_RULES } from "./rules.js";

export interface QaSettings {
  url: string;
  origin: string;
  origins: readonly string[];
  /** Each with its whole address. */
  flows: readonly { flow: QaFlow; url: string }[];
  viewports: readonly Viewport[];
  crawl: number;
  external: boolean;
  confined: boolean;
  timeouts: QaTimeouts;
}

export function settle(options: QaOptions): QaSettings | { why: string } {
  const address = addressOf(options.url);
  if (address === undefined || !/^https?:$/.test(address.protocol))
    return { why: `${options.url} is no address of a page; it looks like http://localhost:3000.` };
  const { origin } = address;
  const origins: string[] = [];
  for (const each of options.origins ?? []) {
    const other = addressOf(each);
    if (other === undefined || other.origin === "null")
      return { why: `${each} is no origin; it looks like https://maps.example.com.` };
    origins.push(other.origin);
  }
  const wanted =
    options.flows.length > 0
      ? options.flows
      : [{ url: options.url, name: address.pathname } satisfies QaFlow];
  const flows = [];
  for (const flow of wanted) {
    const url = addressOf(flow.url, options.url);
    if (url === undefined || ![origin, ...origins].includes(url.origin))
      return { why: `Flow ${quote(flow.name)} is at ${flow.url}, which is no page of ${origin}.` };
    const why = unknownRule(flow);
    if (why !== undefined) return { why };
    flows.push({ flow, url: url.href });
  }
  const twice = wanted.find(({ name }, at) => wanted.findIndex((one) => one.name === name) < at);
  if (twice !== undefined)
    return { why: `Two flows are named ${quote(twice.name)}; name each of them differently.` };
  return {
    url: address.href,
    origin,
    origins,
    flows,
    viewports: options.viewports,
    crawl: options.crawl ?? 1,
    external: options.external ?? false,
    confined: options.confined ?? false,
    timeouts: { ...QA_TIMEOUTS, ...options.timeouts },
  };
}

const quote = (name: string) => JSON.stringify(name.slice(0, 100));

/** A mistyped rule would ignore nothing, and nobody would see why. */
function unknownRule({ name, ignore = [] }: QaFlow): string | undefined {
  const known = Object.keys(QA_RULES);
  const unknown = ignore.find(({ rule }) => !rule.startsWith("axe/") && !known.includes(rule));
  if (unknown === undefined) return undefined;
  const nearest = nearestName(unknown.rule, known);
  const hint = nearest === undefined ? `known are ${known.join(", ")}` : `did you mean ${nearest}?`;
  return `Flow ${quote(name)} ignores ${quote(unknown.rule)}, which is no rule (${hint}).`;
}
