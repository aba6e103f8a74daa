/** What is kept of an agent's session between attempts. */

export interface AcpState {
  version: 1;
  /** To take the session up again, where the agent can. */
  sessionId?: string;
  /** It was told the brief at least once. */
  began: boolean;
  /** The last words of its last turn. */
  words: string;
  /** Hashes of the people's notes that it has been told. */
  notes: string[];
  repairRound: number;
  /** What it said when it was done; taken back when there is more to do. */
  finished?: string;
  /** What its session had cost by its own account. */
  costMicroUsd?: number;
}

export const newState = (): AcpState => ({
  version: 1,
  began: false,
  words: "",
  notes: [],
  repairRound: 0,
});

/** @returns a new state where the kept one is of another shape. */
export function stateFrom(kept: unknown): AcpState {
  const found = kept as Partial<AcpState> | null | undefined;
  const fits =
    found?.version === 1 &&
    Array.isArray(found.notes) &&
    typeof found.words === "string" &&
    typeof found.repairRound === "number";
  return fits ? { ...newState(), ...found } : newState();
}
