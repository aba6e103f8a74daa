/** Pages of the fixture sites: well made but for what a page wants to show. */

export interface PageText {
  title?: string;
  head?: string;
  style?: string;
  body: string;
  script?: string;
  lang?: string;
  viewport?: string;
}

export const VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1" />';

export function pageText({
  title = "Fixture",
  head = "",
  style = "",
  body,
  script,
  ...rest
}: PageText): string {
  const { lang = ' lang="en"', viewport = VIEWPORT } = rest;
  return `<!doctype html>
<html${lang}>
<head>
<meta charset="utf-8" />
${viewport}
${title === "" ? "" : `<title>${title}</title>`}
<style>
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 sans-serif; color: #222; background: #fff }
main { padding: 1rem; max-width: 60rem; margin: 0 auto }
img { max-width: 100%; height: auto }
${style}
</style>
${head}
</head>
<body>
${body}
${script === undefined ? "" : `<script>${script}</script>`}
</body>
</html>`;
}

export const inMain = (heading: string, body: string): string =>
  `<main><h1>${heading}</h1>\n${body}</main>`;
