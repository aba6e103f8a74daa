/** Whether the page itself was answered as it should be. */
import type { LoadedPage, RuleHit } from "../loaded-page.js";

export async function statusRule({ status, flow, page }: LoadedPage): Promise<RuleHit[]> {
  const right = flow.status === undefined ? (status ?? 400) < 400 : status === flow.status;
  if (right) return Promise.resolve([]);
  const wanted = flow.status === undefined ? "" : ` instead of ${flow.status}`;
  const what =
    status === undefined ? "The page does not answer." : `The page answers ${status}${wanted}.`;
  return Promise.resolve([{ rule: "http-status", what, where: page.url() }]);
}
