/** Licence expressions as packages state them, held against a list of SPDX ids. Pure. */

const TOKENS = /\(|\)|[^\s()]+/g;
/** Longest expression that is read; real ones are a few words. */
const LONGEST = 500;

/**
 * True when the expression leaves a way that needs only allowed licences: one side of `OR` (or of an old `/`), both of `AND`.
 * An exception (`WITH ...`) only adds rights. What is no expression counts as one unknown licence.
 */
export function isLicenceAllowed(expression: string, allowed: readonly string[]): boolean {
  if (expression.length > LONGEST) return false;
  const known = new Set(allowed.map((id) => id.trim().toLowerCase()));
  const tokens = expression.replaceAll("/", " OR ").match(TOKENS) ?? [];
  let at = 0;
  const word = () => tokens[at]?.toUpperCase();

  const either = (): boolean | undefined => {
    let result = both();
    while (word() === "OR") {
      at += 1;
      const other = both();
      result = result === undefined || other === undefined ? undefined : result || other;
    }
    return result;
  };
  const both = (): boolean | undefined => {
    let result = one();
    while (word() === "AND") {
      at += 1;
      const other = one();
      result = result === undefined || other === undefined ? undefined : result && other;
    }
    return result;
  };
  const one = (): boolean | undefined => {
    const token = tokens[at++];
    if (token === "(") {
      const result = either();
      return tokens[at++] === ")" ? result : undefined;
    }
    if (token === undefined || token === ")" || /^(?:OR|AND|WITH)$/i.test(token)) return undefined;
    if (word() === "WITH") at += 2;
    return known.has(token.toLowerCase());
  };

  const result = either();
  return at >= tokens.length && result === true;
}
