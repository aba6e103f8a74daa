/** What links can be wrong in; `qa/links.ts` looks. */
import type { QaRule } from "../rules.js";

export const LINK_RULES = {
  "broken-link": {
    severity: "major",
    says: "A link within the app leads to nothing: it is answered 404 or another error, or not at all.",
    unless:
      "It is answered 401, 403 or 429: it exists. A flow asks for that address and names its status as right.",
  },
  "broken-external-link": {
    severity: "minor",
    says: "A link to another site leads to nothing (404, 410, no such host).",
    unless: "Links to other sites are not asked for; the site refuses robots or is down for now.",
  },
  "links-not-asked": {
    severity: "minor",
    says: "Links to other sites were to be asked and were not.",
    unless: "Nobody wanted them to be asked: then the report just counts them.",
  },
  "broken-fragment": {
    severity: "minor",
    says: "A link leads to a place in a page (`#place`) that is not there.",
    unless:
      "The page it leads to was not looked at; `#`, `#top`, text fragments, and routes as `#/notes`.",
  },
} as const satisfies Record<string, QaRule>;
