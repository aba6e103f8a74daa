/** Whether a goal sounds smaller or larger than the usual one of its sort, which moves every size by one class. */
import { SIZES, type Size } from "../mission.js";
import { partsOf } from "./size-of.js";

export interface GoalScale {
  /** Classes up or down. */
  shift: -1 | 0 | 1;
  /** Absent for a goal of the usual size. */
  because?: string;
}

const SMALLER =
  /(?<![\p{L}\p{N}])(?:tiny|small|simple|minimal|basic|toy|quick|little)(?![\p{L}\p{N}])/iu;
const LARGER =
  /(?<![\p{L}\p{N}])(?:enterprise|large(?:-scale)?|complex|full-featured|complete|comprehensive|multi-?tenant|platform|monorepo)(?![\p{L}\p{N}])/iu;
const READ_CHARACTERS = 20_000;
const MANY_PARTS = 6;

/** Never throws. */
export function goalScale(goal: string): GoalScale {
  const read = goal.slice(0, READ_CHARACTERS);
  const larger = LARGER.exec(read)?.[0];
  if (larger !== undefined) return { shift: 1, because: `the word ${JSON.stringify(larger)}` };
  const parts = partsOf(read);
  if (parts >= MANY_PARTS) return { shift: 1, because: `${parts} parts` };
  const smaller = SMALLER.exec(read)?.[0];
  if (smaller !== undefined) return { shift: -1, because: `the word ${JSON.stringify(smaller)}` };
  return { shift: 0 };
}

export const shifted = (size: Size, { shift }: GoalScale): Size =>
  SIZES[Math.min(SIZES.length - 1, Math.max(0, SIZES.indexOf(size) + shift))] ?? size;
