/** How much an assertion says, by its name. */
import {
  closeOf,
  isFixedWord,
  isMark,
  literalsOf,
  shapeOf,
  splitArguments,
  stepOf,
  type Token,
} from "../reading/token.js";
import type { Assertion, Strength } from "./test-case.js";

/** The last word of a matcher, in any library's spelling: `toBe`, `assert_equal`, `deep.equal`. */
const EXACT =
  /^(?:tobe|toequal|tostrictequal|equals?|eql?|deepequal|strictequal|deepstrictequal|notequal|notstrictequal|notdeepequal|notdeepstrictequal|is|same|matchesobject|assertequals?|asserteq|assertne|assertlistequal|assertdictequal|assertsetequal|asserttupleequal|assertmultilineequal|assertcountequal|asserttrue|assertfalse|assertis|assertisnone|assertnotequal|assertarrayequal|assertframeequal|elementsmatch|jsoneq|true|false|null|undefined|nan|tobenull|tobeundefined|tobenan|toreturnwith|tohavereturnedwith|tohavebeencalledwith|tohavebeencalledonce|tohavebeencalledtimes|tohavebeencalledoncewith|tohavebeenlastcalledwith|tohavebeennthcalledwith|assertcalledoncewith|assertcalledwith|asserthascalls|assertnotcalled|calledwith|calledoncewith|callcount|tohavelength|lengthof|len|assertlen|throws|tothrow|tothrowerror|throw|rejects|raises|assertraises|assertraisesregex|tohavetext|tohavevalue|tohaveurl|tohavetitle|tohavecount|toberejectedwith|status|expect|empty|isempty|unequal)$/;
const SOME =
  /^(?:tocontain|tocontainequal|tomatch|tomatchobject|tohaveproperty|tobecloseto|tobegreaterthan|tobegreaterthanorequal|tobelessthan|tobelessthanorequal|tomatchsnapshot|tomatchinlinesnapshot|tothrowerrormatchingsnapshot|tothrowerrormatchinginlinesnapshot|tohavebeencalled|include|includes|contain|contains|match|matches|property|closeto|above|below|least|most|within|approximately|oneof|members|keys|like|assertin|assertnotin|assertregex|assertalmostequal|assertgreater|assertgreaterequal|assertless|assertlessequal|assertcalled|assertcalledonce|assertallclose|isclose|snapshot|assertsnapshot|doesnotthrow|doesnotreject|assertions|hasassertions|assertcontains|indelta|inepsilon|tocontaintext|tohaveclass|tohaveattribute|tohavescreenshot|doesnotmatch)$/;

/** Hold against nothing in particular. */
const ANYTHING = /\b(?:anything|any) *\(|\bANY\b|^\. ?\*|\/\^?\.[*+]\$?\/|^(?:""|r?"\.[*+]")$/;

const plainName = (matcher: string) =>
  (matcher.split(".").at(-1) ?? "").replace(/[_!]/g, "").toLowerCase();

/** @param expected shape of what is given to the matcher. */
export function strengthOf(matcher: string, expected: string): Strength {
  if (matcher === "" || /(?:^|\.)catch$/.test(matcher)) return 0;
  const name = plainName(matcher);
  const negated =
    matcher.startsWith("not.") || matcher.includes(".not.") || name.startsWith("isnot");
  const loose = ANYTHING.test(expected);
  if (negated)
    return /^(?:tobenull|tobeundefined|tobe|toequal|tothrow|throw|exist|null|undefined|equal)$/.test(
      name,
    )
      ? 1
      : 2;
  if (
    /^(?:tothrow|tothrowerror|throws?|rejects|raises|assertraises)$/.test(name) &&
    expected === ""
  )
    return 2;
  if (loose && !(expected === '""' && EXACT.test(name)))
    return /^(?:tobe|toequal|tostrictequal|assertequal)$/.test(name) && !/[[{,]/.test(expected)
      ? 1
      : 2;
  if (EXACT.test(name)) return 3;
  return SOME.test(name) ? 2 : 1;
}

const EITHER_WAY =
  /^(?:={2,3}|is|tobe|toequal|tostrictequal|equals?|eql?|(?:deep|strict|deepstrict)equal|same|assert_?eq(?:uals?)?|assert(?:list|dict|set|tuple|count|array|frame)equal)$/;

/** `assertEqual(180, price())` says the same as the other way round. */
export function assertionOf(
  matcher: string,
  one: readonly Token[],
  other: readonly Token[],
): Assertion {
  const turned =
    isConstant(one) &&
    other.length > 0 &&
    !isConstant(other) &&
    (EITHER_WAY.test(matcher) || EITHER_WAY.test(plainName(matcher)));
  const [subject, expected] = turned ? [other, one] : [one, other];
  const shape = shapeOf(expected);
  const subjectShape = shapeOf(subject);
  return {
    matcher,
    strength: strengthOf(matcher, shape),
    subject: subjectShape,
    expected: shape,
    literals: literalsOf(expected),
    named: expected.some((token) => token.kind === "word" && !isFixedWord(token)),
    constant:
      (isConstant(subject) && (expected.length === 0 || isConstant(expected))) ||
      (subjectShape === shape && shape !== "" && !/[(]/.test(shape)) ||
      alwaysSays(subject, shape),
    guards: [],
  };
}

const isConstant = (subject: readonly Token[]) =>
  subject.length > 0 && !subject.some((token) => token.kind === "word" && !isFixedWord(token));

/** `price() || 180`, held against 180 or true. */
function alwaysSays(subject: readonly Token[], expected: string): boolean {
  const last = subject.at(-1);
  const isEither = isMark(subject.at(-2), "||") || isWordOf(subject.at(-2), "or");
  if (last === undefined || !isEither) return false;
  const said = shapeOf([last]);
  return (
    said !== "" && isConstant([last]) && (said === expected || /^(?:|true|True)$/.test(expected))
  );
}

const COMPARISONS = ["===", "==", "!==", "!=", "<=", ">=", "<", ">"];
const WORDS = ["in", "is", "not"];

/** `a === b`, `x in y`, `x is not None`, a bare value; more than one where `and` joins them. */
export function readComparison(given: readonly Token[]): Assertion[] {
  const tokens = unwrapped(given);
  const either = topLevel(tokens, (token) => isMark(token, "||") || isWordOf(token, "or"));
  if (either >= 0) return [{ ...assertionOf("or", tokens, []), strength: 1, constant: false }];
  if (
    isMark(tokens[0], "(") &&
    splitArguments(tokens.slice(1, -1)).length > 1 &&
    closesLast(tokens)
  )
    return [{ ...assertionOf("tuple", tokens, []), strength: 0, constant: true }]; // Python: never empty
  const both = topLevel(tokens, (token) => isMark(token, "&&") || isWordOf(token, "and"));
  if (both >= 0)
    return [...readComparison(tokens.slice(0, both)), ...readComparison(tokens.slice(both + 1))];
  const at = topLevel(
    tokens,
    (token) =>
      (token.kind === "mark" && COMPARISONS.includes(token.text)) ||
      (token.kind === "word" && ["in", "is"].includes(token.text)) ||
      (isWordOf(token, "not") && tokens[0] !== token),
  );
  if (at < 0) {
    const negated = isMark(tokens[0], "!") || isWordOf(tokens[0], "not");
    const assertion = assertionOf(negated ? "not.ok" : "ok", tokens, []);
    return [{ ...assertion, strength: assertion.constant ? 0 : 1 }];
  }
  let end = at + 1;
  while (tokens[end]?.kind === "word" && WORDS.includes(tokens[end]?.text ?? "")) end += 1;
  const operator = tokens
    .slice(at, end)
    .map(({ text }) => text)
    .join(" ");
  const right = tokens.slice(end);
  const assertion = assertionOf(operator, tokens.slice(0, at), right);
  return [{ ...assertion, strength: strengthOfOperator(operator, assertion.expected) }];
}

function strengthOfOperator(operator: string, expected: string): Strength {
  if (operator === "is" || operator === "==" || operator === "===")
    return ANYTHING.test(expected) && expected !== '""' ? 1 : 3;
  if (/^(?:is not|!==?)$/.test(operator)) return 1;
  return 2;
}

const isWordOf = (token: Token | undefined, text: string) =>
  token?.kind === "word" && token.text === text;

function topLevel(tokens: readonly Token[], wanted: (token: Token) => boolean): number {
  let depth = 0;
  return tokens.findIndex((token) => {
    depth += stepOf(token);
    return depth === 0 && wanted(token);
  });
}

function unwrapped(tokens: readonly Token[]): readonly Token[] {
  if (!isMark(tokens[0], "(") || !closesLast(tokens)) return tokens;
  return splitArguments(tokens.slice(1, -1)).length > 1 ? tokens : unwrapped(tokens.slice(1, -1));
}

const closesLast = (tokens: readonly Token[]) => closeOf(tokens, 0) === tokens.length - 1;
