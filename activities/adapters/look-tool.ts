/** The builtin agent's tool `look`: what a person would see of a page of its app, in words and as a picture. */
import type { QaFlow, QaReport, Viewport } from "../../domain/qa.js";
import { DESKTOP, MOBILE } from "../../domain/qa.js";
import { describeQa } from "../../domain/qa-words.js";
import { flows } from "../../domain/schemas/qa.js";

const ARIA_CHARACTERS = 8_000;
const FINDINGS_CHARACTERS = 6_000;

/** As sent to the model, where its plan has an app. */
export const LOOK_SPEC = {
  description:
    "Start the app of the workspace and look at one of its pages in a browser: status, console errors, failed requests, findings, ARIA snapshot.",
  schema: {
    type: "object" as const,
    properties: {
      url: { type: "string", description: "Path, as /cart" },
      viewport: { type: "string", enum: ["desktop", "mobile"] },
      steps: {
        type: "array",
        description:
          'First done there, each one of {"goto": path}, {"click": target}, {"fill": target, "with": text}, {"select": target, "option": text}, {"press": key}, {"expect": text or {"see": target}}; a target is a visible name or {"role", "name"}, {"label"}, {"text"}, {"testId"}, {"css"}',
        items: { type: "object" },
      },
    },
    required: ["url"],
    additionalProperties: false,
  },
};

/** @returns what is wrong with what a model asked, in words for it. */
export function readLook(given: {
  url: string;
  viewport: string;
  steps: unknown;
}): { flow: QaFlow; viewport: Viewport } | { wrong: string } {
  const { url, viewport, steps } = given;
  if (!/^\/(?![/\\])/.test(url)) return { wrong: "url must be a path of the app, as /cart" };
  if (viewport !== "desktop" && viewport !== "mobile")
    return { wrong: "viewport must be desktop or mobile" };
  const read = flows.safeParse([{ url, name: "look", ...(steps === undefined ? {} : { steps }) }]);
  const [flow] = read.data ?? [];
  if (flow === undefined) {
    const [issue] = read.error?.issues ?? [];
    const where = issue?.path.slice(1).join(".") ?? "";
    return { wrong: `${where === "" ? "the arguments are" : `${where} is`} not as described` };
  }
  return { flow, viewport: viewport === "mobile" ? MOBILE : DESKTOP };
}

/** The report as the model reads it; texts of pages are in it, cut. */
export function lookText(report: QaReport): string {
  const [visit] = report.visits;
  if (visit === undefined) return describeQa(report).slice(0, FINDINGS_CHARACTERS);
  const { status, title, url, aria = "" } = visit;
  return [
    `status ${status ?? "none"}, title ${JSON.stringify(title.slice(0, 200))}, at ${url}`,
    describeQa(report).slice(0, FINDINGS_CHARACTERS),
    ...(aria === "" ? [] : [`ARIA snapshot:\n${aria.slice(0, ARIA_CHARACTERS)}`]),
  ].join("\n");
}
