/** What tests of features done by a person share: the feature, its gate, their word. */
import type { Activities } from "../../../activities/contract.js";
import type { Gate } from "../../../domain/mission.js";
import type { ChecksOutcome } from "../../../domain/work.js";
import { snapshotQuery } from "../../../workflows/messages.js";
import { aFeature } from "../../helpers/fake-activities.js";
import { until, type MissionHandle } from "../../helpers/with-worker.js";

export const manual = (id: string, more = {}) => aFeature(id, { agent: "manual", ...more });
export const one = (features: number) => [{ id: "1", title: "First", features }];

/** Waits until the gate is open. */
export async function gate(handle: MissionHandle, id: string): Promise<Gate> {
  const { gates } = await until(
    () => handle.query(snapshotQuery),
    (snapshot) => snapshot.gates.some((open) => open.id === id),
    `gate ${id}`,
  );
  const open = gates.find((each) => each.id === id);
  if (open === undefined) throw new Error(`no gate ${id}`);
  return open;
}
export const decide = (handle: MissionHandle, id: string, choice: string) =>
  handle.executeUpdate<{ applied: boolean }, [object]>("decide", { args: [{ gate: id, choice }] });
export const statusOf = async (handle: MissionHandle, id: string) =>
  (await handle.query(snapshotQuery)).features.find((feature) => feature.id === id);
export const callsOf = (calls: string[], id: string) =>
  calls.filter((call) => call.endsWith(` ${id}`)).map((call) => call.split(" ")[0]);

/** Fails so often, then passes. */
export function failing(times: number): { runChecks: Activities["runChecks"]; runs: () => number } {
  let runs = 0;
  const runChecks = async (): Promise<ChecksOutcome> => {
    runs += 1;
    const passed = runs > times;
    const summary = passed ? "1 of 1 checks pass" : `0 of 1 checks pass; failed: 1.1.a (${runs})`;
    return { passed, ran: 1, failed: passed ? [] : ["1.1.a"], unseen: [], summary };
  };
  return { runChecks, runs: () => runs };
}
