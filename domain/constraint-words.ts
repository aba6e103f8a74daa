/** Sentences that can be read mechanically as constraints the engine checks. What is not plain stays a sentence. Pure. */
import type { CheckedConstraints } from "./plan.js";

/** Ids that a sentence may name; others are left to the person who writes the plan. */
const SPDX = [
  "MIT",
  "ISC",
  "0BSD",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "MPL-2.0",
  "LGPL-2.1",
  "LGPL-3.0",
  "GPL-2.0",
  "GPL-3.0",
  "AGPL-3.0",
  "EPL-2.0",
  "CC0-1.0",
  "Unlicense",
  "Zlib",
];
const MOST = 20;

const NEVER = "(?:do not|don't|never|must not|may not|shall not)";
const TOUCH = "(?:touch|change|modify|edit)";
const HANDS_OFF = new RegExp(`^(?:please )?${NEVER} ${TOUCH} (.+)$`, "i");
const LEFT_ALONE = /^(?:leave|keep) (.+?) (?:alone|untouched|unchanged|as (?:it is|they are))$/i;
const NOT_CHANGED = new RegExp(
  `^(.+?) (?:must|may|shall) not be (?:touched|changed|modified|edited)$`,
  "i",
);
const NO_DEPENDENCIES = new RegExp(
  `^(?:with )?(?:no|without(?: any)?|${NEVER} add(?: any)?|add no) (?:(?:new|further|additional) )?(?:runtime )?(?:dependenc(?:y|ies)|packages|libraries)$`,
  "i",
);
const ONLY_LICENCES =
  /^(?:use )?only (.+?)(?:[- ]licen[cs]ed?)?(?: (?:dependencies|packages|libraries|licen[cs]es?))*$/i;
const NOT_USED = new RegExp(`^${NEVER} use (.+)$`, "i");

/**
 * @param sentences constraints and goal; each is read by its clauses.
 * @param avoided names that a person wants nothing of, as vendors.
 * @returns undefined when nothing can be read.
 */
export function checkedFromWords(
  sentences: readonly string[],
  avoided: readonly string[] = [],
): CheckedConstraints | undefined {
  const paths = new Set<string>();
  const licences = new Set<string>();
  const words = new Set<string>();
  let noDependencies = false;
  for (const clause of sentences.flatMap(clausesOf)) {
    const about = (HANDS_OFF.exec(clause) ??
      LEFT_ALONE.exec(clause) ??
      NOT_CHANGED.exec(clause))?.[1];
    for (const path of about === undefined ? [] : (allOf(about, pathIn) ?? [])) paths.add(path);
    if (NO_DEPENDENCIES.test(clause)) noDependencies = true;
    const ids = ONLY_LICENCES.exec(clause)?.[1];
    for (const id of ids === undefined ? [] : (allOf(ids, licenceIn) ?? [])) licences.add(id);
    const used = NOT_USED.exec(clause)?.[1];
    for (const word of used === undefined ? [] : (allOf(used, quotedIn) ?? [])) words.add(word);
  }
  for (const name of avoided) if (isName(name)) words.add(name.trim());
  const checked: CheckedConstraints = {
    ...(paths.size === 0 ? {} : { protected_paths: [...paths].slice(0, MOST) }),
    ...(noDependencies ? { no_new_dependencies: true } : {}),
    ...(licences.size === 0 ? {} : { licences: [...licences].slice(0, MOST) }),
    ...(words.size === 0 ? {} : { forbidden: [...words].slice(0, MOST) }),
  };
  return Object.keys(checked).length === 0 ? undefined : checked;
}

/** For a scope: nothing where nothing can be read. @param preferences by the names of PREFERENCE_NAMES. */
export function checkedOf(
  sentences: readonly string[],
  preferences: Readonly<Record<string, string>>,
): { checked?: CheckedConstraints } {
  const avoided = (preferences["vendors_avoided"] ?? "").split(/[,;]/);
  const checked = checkedFromWords(sentences, avoided.map((name) => name.trim()).filter(isVendor));
  return checked === undefined ? {} : { checked };
}

/** Names are a word or three; more is a sentence. */
const isVendor = (name: string) =>
  !/^(?:none|no|nothing|any|all)$/i.test(name) && name.split(/\s+/).length <= 3;

/** A dot inside `a.txt` or `2.0` ends nothing. */
const clausesOf = (sentence: string) =>
  sentence
    .slice(0, 20_000)
    .split(
      /[.!;:](?=\s|$)|\n|,\s*(?:and|but|with)\s+|,\s+(?=(?:no|without|only|do not|don't|never|leave)\b)/i,
    )
    .map((clause) => clause.trim().replace(/\s+/g, " "))
    .filter((clause) => clause !== "" && clause.length <= 500);

/** Every part of a list, or nothing: half of a sentence understood is a sentence misunderstood. */
function allOf(list: string, read: (part: string) => string | undefined): string[] | undefined {
  const parts = list
    .split(/,| and | or /i)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const found = parts.map(read);
  return found.length > 0 && found.every((part) => part !== undefined) ? found : undefined;
}

const QUOTED = /^(?:[`"'](.+)[`"'])$/;

/** Only what looks like a path: it has a slash or an extension, or is quoted; relative, inside, no glob. */
function pathIn(part: string): string | undefined {
  const bare = part
    .replace(
      /^(?:the |any |anything |everything |all )*(?:files? |folders? |director(?:y|ies) )?(?:in |below |under |of )?(?:the )?/i,
      "",
    )
    .replace(/ (?:files?|folders?|director(?:y|ies))$/i, "");
  const quoted = QUOTED.exec(bare)?.[1];
  const path = (quoted ?? bare).replace(/^\.\//, "").replace(/\/+$/, "");
  if (path === "" || /\s/.test(path) || /[*?{}[\]\\~$<>|"'`]/.test(path)) return undefined;
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return undefined;
  if (path.split("/").some((segment) => segment === ".." || segment === "")) return undefined;
  const looksLikePath =
    quoted !== undefined || bare.includes("/") || /\.[A-Za-z0-9]{1,8}$/.test(path);
  return looksLikePath && path !== "." ? path : undefined;
}

function licenceIn(part: string): string | undefined {
  const bare = part.replace(/^the /i, "").replace(/[- ]licen[cs]ed?$/i, "");
  return SPDX.find((id) => id.toLowerCase() === bare.toLowerCase());
}

function quotedIn(part: string): string | undefined {
  const name = QUOTED.exec(part)?.[1];
  return name !== undefined && isName(name) ? name.trim() : undefined;
}

/** Long enough to mean something, short enough to be a name. */
const isName = (name: string) => /^[\p{L}\p{N}@][\p{L}\p{N}@/._ -]{1,59}$/u.test(name.trim());
