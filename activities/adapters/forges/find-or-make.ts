/** The one way in which anything is made on a forge: look, make, and after every doubt look again. */
import { ForgeUnavailable } from "./forge-errors.js";

/**
 * @param make resolves to undefined where the forge says that it is there already. @throws ForgeUnavailable when it is
 * not known whether it was made; the next call finds it.
 */
export async function findOrMake<Found>(
  find: () => Promise<Found | undefined>,
  make: () => Promise<Found | undefined>,
): Promise<Found> {
  const before = await find();
  if (before !== undefined) return before;
  let doubt: ForgeUnavailable | undefined;
  try {
    const made = await make();
    if (made !== undefined) return made;
  } catch (error) {
    if (!(error instanceof ForgeUnavailable)) throw error;
    doubt = error;
  }
  const after = await find();
  if (after !== undefined) return after;
  throw (
    doubt ?? new ForgeUnavailable("The forge says that it is there already, and does not show it.")
  );
}

interface Candidate {
  state: "open" | "merged" | "closed";
  commit: string;
}

/**
 * Of all pull requests of one head and base, newest first: the open one, else the one in which this commit was merged, else
 * the last, where it was closed. None: a new one is due.
 */
export function chosenOf<Request extends Candidate>(
  requests: readonly Request[],
  commit: string,
): Request | undefined {
  const open = requests.find(({ state }) => state === "open");
  const merged = requests.find((each) => each.state === "merged" && each.commit === commit);
  const [last] = requests;
  return open ?? merged ?? (last?.state === "closed" ? last : undefined);
}

/** Hidden in a comment, so that it is found again. */
export const commentMarker = (key: string) =>
  `<!-- missions ${key.replace(/[^A-Za-z0-9._/-]/g, "_")} -->`;

/** `comments`: how many are of people, and of programs that are not ours; `keys`: of those that are. */
export const tellComments = (bodies: readonly string[]): { comments: number; keys: string[] } => ({
  comments: bodies.filter((body) => !body.includes("<!-- missions ")).length,
  keys: bodies.flatMap((body) => /<!-- missions ([A-Za-z0-9._/-]+) -->/.exec(body)?.[1] ?? []),
});
