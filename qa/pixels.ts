/** Compares two pictures pixel by pixel; what changes by itself is masked in blocks, so nothing has to be forgiven. */
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

export interface Compared {
  /** Share of the pixels that were compared, in percent. */
  changedPct: number;
  /** Share of the picture that was left out, in percent. */
  maskedPct: number;
  /** PNG, with what differs in red; only where something does. */
  difference?: Buffer;
}

/** Side of a block, in pixels: about a line of text. */
const BLOCK = 16;

/** Blocks that are left out, and those around them: what moves is wider the next time. */
export class Mask {
  readonly #columns: number;
  readonly #rows: number;
  readonly #masked = new Set<number>();

  constructor(width: number, height: number) {
    this.#columns = Math.ceil(width / BLOCK);
    this.#rows = Math.ceil(height / BLOCK);
  }

  add(x: number, y: number): void {
    const column = Math.floor(x / BLOCK);
    const row = Math.floor(y / BLOCK);
    for (let r = Math.max(0, row - 1); r <= Math.min(this.#rows - 1, row + 1); r++)
      for (let c = Math.max(0, column - 1); c <= Math.min(this.#columns - 1, column + 1); c++)
        this.#masked.add(r * this.#columns + c);
  }

  get share(): number {
    return this.#masked.size / Math.max(1, this.#columns * this.#rows);
  }

  /** Makes what is masked the same in all pictures. @returns how many pixels that are. */
  paint(pictures: readonly PNG[], width: number, height: number): number {
    let pixels = 0;
    for (const block of this.#masked) {
      const left = (block % this.#columns) * BLOCK;
      const top = Math.floor(block / this.#columns) * BLOCK;
      const right = Math.min(width, left + BLOCK);
      const bottom = Math.min(height, top + BLOCK);
      pixels += (right - left) * (bottom - top);
      for (const { data } of pictures)
        for (let y = top; y < bottom; y++)
          data.fill(GREY, (y * width + left) * 4, (y * width + right) * 4);
    }
    return pixels;
  }
}

const GREY = 0xcc;

/** @param again further captures of the same page as `now`; where they differ from it, nothing is compared. */
export function comparePictures(
  before: Buffer,
  now: Buffer,
  again: readonly Buffer[] = [],
): Compared {
  if (before.equals(now)) return { changedPct: 0, maskedPct: 0 };
  const decoded = [before, now, ...again].map((picture) => PNG.sync.read(picture));
  const width = Math.max(...decoded.map((picture) => picture.width));
  const height = Math.max(...decoded.map((picture) => picture.height));
  const [then, today, ...others] = decoded.map((picture) => padded(picture, width, height));
  if (then === undefined || today === undefined) return { changedPct: 0, maskedPct: 0 };
  const mask = maskOf(today, others);
  const masked = mask.paint([then, today], width, height);
  const all = width * height;
  const difference = new PNG({ width, height });
  const changed = pixelmatch(then.data, today.data, difference.data, width, height, STRICT);
  const maskedPct = percent(masked, all);
  if (changed === 0) return { changedPct: 0, maskedPct };
  // Never shown as nothing.
  const changedPct = Math.max(0.01, percent(changed, all - masked));
  return { changedPct, maskedPct, difference: PNG.sync.write(difference, QUICK) };
}

/** Share of a picture's blocks that differ in another capture of the same page. */
export function unsteadyShare(now: Buffer, again: Buffer): number {
  if (now.equals(again)) return 0;
  const [one, other] = [PNG.sync.read(now), PNG.sync.read(again)];
  const width = Math.max(one.width, other.width);
  const height = Math.max(one.height, other.height);
  return maskOf(padded(one, width, height), [padded(other, width, height)]).share;
}

/** Trying all filters takes longer than everything else here. */
const QUICK = { filterType: 0, deflateLevel: 6 } as const;

/** Any difference counts, also that of a smoothed edge. */
const STRICT = { threshold: 0, includeAA: true };

const percent = (part: number, whole: number) =>
  whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100;

function maskOf(now: PNG, others: readonly PNG[]): Mask {
  const mask = new Mask(now.width, now.height);
  const pixels = pixelsOf(now);
  for (const other of others.map(pixelsOf)) {
    for (let at = 0; at < pixels.length; at++)
      if (pixels[at] !== other[at]) mask.add(at % now.width, Math.floor(at / now.width));
  }
  return mask;
}

const pixelsOf = ({ data }: PNG) =>
  new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4);

/** What lies outside of the smaller picture has a colour that no page has there by chance. */
function padded(picture: PNG, width: number, height: number): PNG {
  if (picture.width === width && picture.height === height) return picture;
  const grown = new PNG({ width, height });
  pixelsOf(grown).fill(OUTSIDE);
  PNG.bitblt(picture, grown, 0, 0, picture.width, picture.height, 0, 0);
  return grown;
}

const OUTSIDE = 0xff_ff_01_ff;
