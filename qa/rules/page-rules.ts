/** All rules that look at one page. */
import type { PageRule } from "../loaded-page.js";
import { statusRule } from "./answer.js";

export const PAGE_RULES: readonly PageRule[] = [statusRule];
