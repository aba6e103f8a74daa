/** Lines with terminal colours as an SVG that looks like a terminal. Pure. */
import { displayWidth } from "../client/terminal/width.js";

const CELL = { width: 8.4, height: 19, font: 14 } as const;
const EDGE = { left: 16, top: 44, bottom: 16 } as const;
const INK = "#d8dee9";
/** SGR codes that client/terminal/style.ts uses. */
const COLOURS: Readonly<Record<number, string>> = {
  31: "#ff7b72",
  32: "#7ee787",
  33: "#f2cc60",
  36: "#76e3ea",
};

interface Pen {
  bold: boolean;
  dim: boolean;
  colour: string;
}
interface Run extends Pen {
  text: string;
  column: number;
}

export function terminalSvg(
  lines: readonly string[],
  { columns, title }: { columns: number; title: string },
): string {
  const width = Math.ceil(columns * CELL.width + 2 * EDGE.left);
  const height = EDGE.top + lines.length * CELL.height + EDGE.bottom;
  const rows = lines.flatMap((line, at) =>
    runsOf(line).map((run) => textElement(run, EDGE.top + (at + 0.75) * CELL.height)),
  );
  const buttons = ["#ff5f57", "#febc2e", "#28c840"].map(
    (fill, at) => `<circle cx="${20 + at * 18}" cy="18" r="6" fill="${fill}"/>`,
  );
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#161b22"/>`,
    ...buttons,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${CELL.font}" xml:space="preserve">`,
    ...rows,
    "</g>",
    "</svg>",
  ].join("\n")}\n`;
}

/** The pieces of one line that share a look, each at its column. */
export function runsOf(line: string): Run[] {
  const pen: Pen = { bold: false, dim: false, colour: INK };
  const runs: Run[] = [];
  let column = 0;
  // eslint-disable-next-line no-control-regex -- the escape character is what is looked for
  for (const [, code, text = ""] of line.matchAll(/(?:\u001b\[(\d+)m)?([^\u001b]*)/g)) {
    if (code !== undefined) change(pen, Number(code));
    if (text.trim() !== "") runs.push({ ...pen, text, column });
    column += displayWidth(text);
  }
  return runs;
}

function change(pen: Pen, code: number): void {
  if (code === 1) pen.bold = true;
  else if (code === 2) pen.dim = true;
  else if (code === 22) Object.assign(pen, { bold: false, dim: false });
  else pen.colour = COLOURS[code] ?? INK;
}

/** `textLength` keeps the columns straight in whatever font is there. */
function textElement({ text, column, colour, bold, dim }: Run, y: number): string {
  const lead = text.length - text.trimStart().length;
  const shown = text.trim();
  const look = [
    ...(bold ? [`font-weight="bold"`] : []),
    ...(dim ? [`opacity="0.65"`] : []),
    `fill="${colour}"`,
  ].join(" ");
  const x = (EDGE.left + (column + lead) * CELL.width).toFixed(1);
  const length = (displayWidth(shown) * CELL.width).toFixed(1);
  return `<text x="${x}" y="${y.toFixed(1)}" textLength="${length}" ${look}>${escape(shown)}</text>`;
}

const escape = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
