/** HTML in which every text is escaped, unless it is HTML made here. */

export interface Html {
  text: string;
}

const ESCAPED: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string) => text.replace(/[&<>"']/g, (letter) => ESCAPED[letter] ?? letter);

const partOf = (value: string | number | Html) =>
  typeof value === "object" ? value.text : escaped(String(value));

/** Tag of template texts. */
export function html(
  texts: TemplateStringsArray,
  ...values: readonly (string | number | Html)[]
): Html {
  const text = texts.reduce((all, part, at) => {
    const value = values[at - 1];
    return all + (value === undefined ? "" : partOf(value)) + part;
  });
  return { text };
}

/** For constants of ours. */
html.trusted = (text: string): Html => ({ text });

export const joined = (parts: readonly Html[]): Html => ({
  text: parts.map(({ text }) => text).join(""),
});
