/** All rules that look at one page. */
import type { LoadedPage, PageRule, RuleHit } from "../loaded-page.js";
import { accessibilityHits } from "./accessibility.js";
import { answerHits, isAnsweredRight } from "./answer.js";
import { contentHits } from "./contents.js";
import { layoutHits } from "./layout.js";
import { consoleHits, requestHits } from "./noticed.js";
import { takeSurvey } from "./survey.js";
import { unaskedHits } from "./unasked.js";
import { shown } from "./wording.js";

/** More of one rule on one page say nothing new. */
const MOST_HITS = 20;
const MOST_ELEMENTS = 20_000;

/** At most 20 hits of a rule, then how many more there are. */
export function bounded(hits: readonly RuleHit[]): RuleHit[] {
  const byRule = new Map<string, RuleHit[]>();
  for (const hit of hits) byRule.set(hit.rule, [...(byRule.get(hit.rule) ?? []), hit]);
  return [...byRule].flatMap(([rule, all]) => {
    const more = all.length - MOST_HITS;
    return more <= 0 ? all : [...all.slice(0, MOST_HITS), { rule, what: `And ${more} more.` }];
  });
}

async function surveyHits(loaded: LoadedPage): Promise<RuleHit[]> {
  const afterSteps = (loaded.flow.steps ?? []).length > 0;
  // One more than is told, so that "and more" is said where there is more.
  const survey = await takeSurvey(loaded.page, {
    elements: MOST_ELEMENTS,
    hits: MOST_HITS * 5,
    afterSteps,
  });
  const requests = requestHits(loaded);
  const whereOf = (rule: string) =>
    new Set(requests.filter((hit) => hit.rule === rule).map(({ where }) => where));
  // A picture that did not arrive is told once: of the app as a picture, of another site as that.
  const foreign = whereOf("foreign-content");
  const images = survey.images.filter(({ src }) => !foreign.has(shown(src)));
  const told = new Set(images.map(({ src }) => shown(src)));
  return [
    ...requests.filter(({ rule, where }) => rule !== "failed-request" || !told.has(where ?? "")),
    ...contentHits({ ...survey, images }, loaded),
    ...layoutHits(survey, loaded),
  ];
}

/** What stands on the wrong page says nothing about the right one. Named as the rule, for the report. */
function onRightPage(name: string, look: PageRule): PageRule {
  const rule: PageRule = async (loaded) =>
    isAnsweredRight(loaded) ? bounded(await look(loaded)) : [];
  return Object.defineProperty(rule, "name", { value: name });
}

const answer: PageRule = (loaded) => Promise.resolve(bounded(answerHits(loaded)));
const noticed: PageRule = (loaded) =>
  Promise.resolve([...consoleHits(loaded), ...unaskedHits(loaded)]);

export const PAGE_RULES: readonly PageRule[] = [
  answer,
  onRightPage("noticed", noticed),
  onRightPage("survey", surveyHits),
  onRightPage("accessibility", accessibilityHits),
];
