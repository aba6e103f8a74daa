/** The upper part of a picture. */
import { PNG } from "pngjs";

/** @param ratio most height for its width. @returns the same bytes where it is not taller. @throws for what is no PNG. */
export function cropPicture(bytes: Buffer, ratio: number): Buffer {
  const whole = PNG.sync.read(bytes);
  const height = Math.floor(whole.width * ratio);
  if (whole.height <= height) return bytes;
  const upper = new PNG({ width: whole.width, height });
  PNG.bitblt(whole, upper, 0, 0, whole.width, height, 0, 0);
  return PNG.sync.write(upper);
}
