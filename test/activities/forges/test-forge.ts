/** What the tests ask of every forge: one story of a pull request, under whatever happens on the way. */
import { expect } from "@jest/globals";
import fc from "fast-check";
import type { ForgeAccess } from "../../../activities/adapters/forges/forge-http.js";
import { ForgeUnavailable } from "../../../activities/adapters/forges/forge-errors.js";
import type { ForgePort, PullRequestOrder } from "../../../activities/forge-ports.js";
import type { ForgePlace } from "../../../domain/forge-place.js";
import { type Answer, type Fault, FAULTS, type FaultyServer } from "./faulty-server.js";

export interface KeptRequest {
  number: number;
  head: string;
  base: string;
  title: string;
  body: string;
  commit: string;
  state: "open" | "closed" | "merged";
  comments: string[];
}

export interface TestForge extends FaultyServer {
  place: ForgePlace;
  requests: KeptRequest[];
  ci: { statuses: { name: string; state: string }[]; runs: { name: string; state: string }[] };
  /** Answers every request, as a person would have to mend it. */
  refuse: { next?: Answer };
}

export const COMMIT = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
export const TOKEN = "token-that-nobody-may-see";

export const anOrder = (fields: Partial<PullRequestOrder> = {}): PullRequestOrder => ({
  head: "mission/m-20260304-abc123-1.1",
  base: "mission/m-20260304-abc123",
  title: "Add a login (1.1)",
  body: "Feature 1.1",
  commit: COMMIT,
  file: "1.1",
  ...fields,
});

export const accessTo = ({ place }: TestForge): ForgeAccess => ({
  place,
  token: TOKEN,
  signal: new AbortController().signal,
  now: () => Date.now(),
  secondMs: 1,
});

/** A person, or the forge by itself, changes the one pull request. */
export function turn({ requests }: TestForge, state: KeptRequest["state"]): void {
  for (const kept of requests) kept.state = state;
}

/** As Temporal does it: what passes by itself is tried again. */
async function untilDone(run: () => Promise<unknown>): Promise<void> {
  for (let n = 1; ; n += 1) {
    try {
      await run();
      return;
    } catch (error) {
      if (!(error instanceof ForgeUnavailable) || n === 30) throw error;
      expect(error.message).not.toContain(TOKEN);
    }
  }
}

const faultsOf = (maxLength: number) =>
  fc.array(fc.constantFrom<Fault>("none", "none", ...FAULTS), { maxLength });

/** Faults in any order never make a second pull request or comment, and end with the texts that were last asked for. */
export async function holdsUnderFaults(forge: TestForge, open: () => ForgePort): Promise<void> {
  await fc.assert(
    fc.asyncProperty(faultsOf(10), faultsOf(6), async (opening, commenting) => {
      forge.requests.length = 0;
      forge.faults.splice(0, forge.faults.length, ...opening);
      await untilDone(() => open().open(anOrder()));
      await untilDone(() => open().open(anOrder({ body: "Feature 1.1, mended" })));
      const [kept] = forge.requests;
      const id = String(kept?.number);
      forge.faults.splice(0, forge.faults.length, ...commenting);
      await untilDone(() => open().comment(id, "merged/1.1", "Merged."));
      await untilDone(() => open().comment(id, "merged/1.1", "Merged."));
      forge.faults.length = 0;
      expect(forge.requests).toHaveLength(1);
      expect(kept).toMatchObject({ body: "Feature 1.1, mended", state: "open" });
      expect(kept?.comments).toHaveLength(1);
    }),
    { numRuns: 15 },
  );
}

/** What is seen of other people's doing: nothing of ours counts. */
export async function tellsTraces(forge: TestForge, open: () => ForgePort): Promise<void> {
  const order = anOrder();
  const { id } = await open().open(order);
  const { head, title, body, commit } = order;
  const ours = { state: "open", head, title, body, commit, comments: 0, keys: ["merged/1.1"] };
  await open().comment(id, "merged/1.1", "Merged.");
  expect(await open().traces(id)).toMatchObject(ours);
  forge.requests[0]?.comments.push("Nice!");
  Object.assign(forge.requests[0] ?? {}, { title: "Other", commit: "f".repeat(40) });
  expect(await open().traces(id)).toMatchObject({
    ...{ title: "Other", commit: "f".repeat(40), comments: 1, keys: ["merged/1.1"] },
  });
}
