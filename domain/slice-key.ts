/** Reads the keys that `sliceKey` of ids.ts writes: `<generation>/<m>/<f>/<n>`. */
import { PART_ID } from "./ids.js";

export interface SliceKeyParts {
  generation: number;
  milestoneId: string;
  featureId: string;
  /** Counts the feature's asks from 1. */
  n: number;
}

const COUNT = /^(?:0|[1-9]\d{0,8})$/;

/** @returns undefined for a key that we did not write. Never throws. */
export function parseKey(key: string): SliceKeyParts | undefined {
  if (typeof key !== "string") return undefined;
  const [generation = "", milestoneId = "", featureId = "", n = "", ...more] = key.split("/", 5);
  if (more.length > 0 || !COUNT.test(generation) || !COUNT.test(n) || n === "0") return undefined;
  if (!PART_ID.test(milestoneId) || !PART_ID.test(featureId)) return undefined;
  return { generation: Number(generation), milestoneId, featureId, n: Number(n) };
}
