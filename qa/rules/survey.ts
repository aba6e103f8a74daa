/** One look at a page for all rules that need its elements: a single call into the browser. */
import type { Page } from "playwright";
import { evaluateIsolated } from "../isolated-world.js";
import * as contents from "./in-page/contents.js";
import * as controls from "./in-page/controls.js";
import * as edges from "./in-page/edges.js";
import * as naming from "./in-page/naming.js";
import * as seeing from "./in-page/seeing.js";
import * as survey from "./in-page/take-survey.js";
import type { Survey, SurveyBounds } from "./in-page/take-survey.js";
import * as texts from "./in-page/texts.js";

export type { Survey };

/** The functions of `in-page/` as one script: there they see each other and the DOM, nothing of ours and nothing of the page's scripts. */
const FUNCTIONS = [contents, controls, edges, naming, seeing, survey, texts]
  .flatMap((module) => Object.entries<unknown>(module))
  .map(([name, value]) => `const ${name} = ${String(value)};`)
  .join("\n");

/** Surveys a page as it is now. Contract: throws only when the page goes away meanwhile. */
export function takeSurvey(page: Page, bounds: SurveyBounds): Promise<Survey> {
  // Some compilers wrap functions into `__name`, to keep what they are called.
  const script = `(() => { const __name = (f) => f;\n${FUNCTIONS}\nreturn takeSurvey(${JSON.stringify(bounds)}); })()`;
  return evaluateIsolated<Survey>(page, script);
}
