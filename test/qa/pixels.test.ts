import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { PNG } from "pngjs";
import { comparePictures, unsteadyShare } from "../../qa/pixels.js";

const WIDTH = 96;
const HEIGHT = 64;

/** White, with spots of other colours. */
function picture(spots: { x: number; y: number; value?: number }[], height = HEIGHT): Buffer {
  const png = new PNG({ width: WIDTH, height });
  png.data.fill(255);
  for (const { x, y, value = 0 } of spots) png.data[(y * WIDTH + x) * 4] = value;
  return PNG.sync.write(png, { filterType: 0, deflateLevel: 1 });
}
const spot = fc.record({
  x: fc.nat(WIDTH - 1),
  y: fc.nat(HEIGHT - 1),
  value: fc.nat(254),
});

describe("comparing pictures", () => {
  it("finds a single pixel that differs by the least there is, and shows where", () => {
    const { changedPct, maskedPct, difference } = comparePictures(
      picture([]),
      picture([{ x: 5, y: 5, value: 254 }]),
    );
    expect({ changedPct, maskedPct }).toEqual({ changedPct: 0.02, maskedPct: 0 });
    const seen = PNG.sync.read(difference ?? Buffer.alloc(0));
    expect([...seen.data.subarray((5 * WIDTH + 5) * 4, (5 * WIDTH + 5) * 4 + 3)]).toEqual([
      255, 0, 0,
    ]);
  });

  it("says nothing of a picture that is the same", () => {
    expect(comparePictures(picture([]), picture([]))).toEqual({ changedPct: 0, maskedPct: 0 });
  });

  it("counts what a longer page has more", () => {
    expect(comparePictures(picture([]), picture([], HEIGHT * 2)).changedPct).toBe(50);
  });

  it("masks whatever changes between captures, wherever it is", () => {
    fc.assert(
      fc.property(fc.array(spot, { minLength: 1, maxLength: 5 }), (spots) => {
        // What the earlier picture shows there is one more state of what changes by itself.
        const now = picture([]);
        const compared = comparePictures(picture(spots), now, [picture(spots)]);
        expect(compared.changedPct).toBe(0);
        expect(compared.maskedPct).toBeGreaterThan(0);
      }),
      { numRuns: 15 },
    );
  });

  it("still finds a change away from what is masked", () => {
    fc.assert(
      fc.property(spot, spot, (unsteady, changed) => {
        fc.pre(Math.abs(unsteady.x - changed.x) > 40 || Math.abs(unsteady.y - changed.y) > 40);
        const compared = comparePictures(picture([changed]), picture([]), [picture([unsteady])]);
        expect(compared.changedPct).toBeGreaterThan(0);
      }),
      { numRuns: 15 },
    );
  });

  it("measures how much of a picture is unsteady", () => {
    expect(unsteadyShare(picture([]), picture([]))).toBe(0);
    // A spot inside takes its block and the eight around it, of 24.
    expect(unsteadyShare(picture([]), picture([{ x: 40, y: 40 }]))).toBe(9 / 24);
    expect(unsteadyShare(picture([]), picture([], HEIGHT * 2))).toBeGreaterThanOrEqual(0.5);
  });
});
