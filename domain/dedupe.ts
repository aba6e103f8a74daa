/** Ids of commands already applied: a command that arrives twice acts once. Plain data, changed in place. */
export interface SeenCommands {
  /** Oldest first. */
  ids: string[];
}

const KEPT = 500;

export const openSeen = (): SeenCommands => ({ ids: [] });

export const hasSeen = (seen: SeenCommands, id: string): boolean => seen.ids.includes(id);

/** @returns true when the command is new, and remembers it; one without an id is always new. */
export function isFirstTime(seen: SeenCommands, id: string | undefined): boolean {
  if (id === undefined) return true;
  if (hasSeen(seen, id)) return false;
  seen.ids.push(id);
  if (seen.ids.length > KEPT) seen.ids.shift();
  return true;
}
