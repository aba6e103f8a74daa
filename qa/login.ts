/** Whether a page wants a login that the visit does not have. */
import type { Page } from "playwright";
import { addressOf } from "./addresses.js";
import { within } from "./bounded.js";
import type { RuleHit } from "./loaded-page.js";

const LOGIN_PATH =
  /(?:^|[/_.-])(?:log-?in|sign-?in|auth|sso|session\/new|account\/login)(?:$|[/_.-])/i;

/** @param status that is right here, if the flow names one. @throws Playwright's errors. */
export async function loginHit(
  page: Page,
  {
    asked,
    status,
    right,
    readMs,
  }: { asked: string; status: number | undefined; right: number | undefined; readMs: number },
): Promise<RuleHit | undefined> {
  const where = page.url();
  const remedy = "give its flow the steps of a login";
  if ((status === 401 || status === 403) && right !== status)
    return {
      rule: "login-needed",
      what: `The page answers ${status}: it wants a login that nobody has given; ${remedy}.`,
      where,
    };
  const [from, to] = [addressOf(asked), addressOf(where)];
  if (from === undefined || to === undefined) return undefined;
  const moved = from.origin !== to.origin || from.pathname !== to.pathname;
  if (!moved || LOGIN_PATH.test(from.pathname)) return undefined;
  const leads =
    LOGIN_PATH.test(to.pathname) ||
    (await within(readMs, page.locator("input[type=password]:visible").count())) > 0;
  if (!leads) return undefined;
  return {
    rule: "login-needed",
    what: `The page leads to ${to.pathname} for a login that nobody has given; ${remedy}.`,
    where,
  };
}
