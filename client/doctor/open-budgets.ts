/** Accounts that are open although no mission is: someone plans, or planned and went away. */
import type { Client } from "@temporalio/client";
import type { DoctorFinding } from "./finding.js";
import { listRunning } from "./orphans.js";

export async function findOpenBudgets(client: Client): Promise<DoctorFinding | undefined> {
  try {
    const running = await Promise.all(
      ["missionWorkflow", "planningWorkflow", "budgetGuardWorkflow"].map((type) =>
        listRunning(client, type),
      ),
    );
    const [missions, plannings, budgets] = running.map(
      (ids) => new Set(ids?.map((id) => id.split("/")[1] ?? "")),
    );
    // A cut list would accuse the living.
    if (running.includes(undefined) || budgets === undefined) return undefined;
    const open = [...budgets].filter(
      (id) => missions?.has(id) !== true && plannings?.has(id) !== true,
    );
    const [first] = open;
    if (first === undefined) return undefined;
    return {
      name: "planning",
      ok: "warn",
      found: `${open.length} planned without a mission, account open: ${open.slice(0, 5).join(", ")}`,
      remedy: `Start it, or drop it and see what it cost: npx missions cancel ${first}`,
    };
  } catch {
    // A namespace that is not there yet has no budgets.
    return undefined;
  }
}
