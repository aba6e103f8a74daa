/** Ways to look done without being done. */
import type { Lie } from "./lie.js";
import { LIES_ELSEWHERE } from "./lies-elsewhere.js";
import { LIES_IN_SETTINGS } from "./lies-in-settings.js";
import { LIES_IN_TESTS } from "./lies-in-tests.js";

export const LIES: readonly Lie[] = [...LIES_IN_TESTS, ...LIES_IN_SETTINGS, ...LIES_ELSEWHERE];
