/** Hosts of one's own network that confined commands reach: named by the owner of this machine, in settings.yaml alone. */
import type { PrivateHost } from "../domain/hosts.js";
import type { Environment } from "./env.js";
import type { Settings } from "./settings.js";

/** Not at the ports at which this machine knows Temporal. */
export function openPrivateHosts(
  { sandbox }: Pick<Settings, "sandbox">,
  { temporalPort, uiPort, temporalVariables }: Environment,
): PrivateHost[] {
  const elsewhere = temporalVariables["TEMPORAL_ADDRESS"]?.split(":").at(-1);
  const closed = [temporalPort, uiPort, Number(elsewhere)];
  return sandbox.private_hosts.filter(({ port }) => port === undefined || !closed.includes(port));
}
