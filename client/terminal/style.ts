/** Colours as a value, so that the renderer stays pure and a test reads plain text. */
type Paint = (text: string) => string;
export type Style = Record<"bold" | "dim" | "red" | "green" | "yellow" | "cyan", Paint>;

const sgr =
  (open: number, close: number): Paint =>
  (text) =>
    text === "" ? "" : `\u001b[${open}m${text}\u001b[${close}m`;
const plain: Paint = (text) => text;

export const NO_STYLE: Style = {
  bold: plain,
  dim: plain,
  red: plain,
  green: plain,
  yellow: plain,
  cyan: plain,
};

export const COLOURS: Style = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39),
  cyan: sgr(36, 39),
};
