/** Honest changes that look like lies. */
import type { Twin } from "./twin.js";
import { TWINS_ELSEWHERE } from "./twins-elsewhere.js";
import { TWINS_IN_TESTS } from "./twins-in-tests.js";

export const TWINS: readonly Twin[] = [...TWINS_IN_TESTS, ...TWINS_ELSEWHERE];
