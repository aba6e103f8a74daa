/** The last entries of a map, kept in a file of the engine's own. */
import { readTextIfThere, writeWhole } from "./files.js";

/** A file that cannot be read is begun anew. @param most the oldest above it are forgotten. */
export async function openEntries<Value>(file: string, most: number) {
  const known = await readEntries<Value>(file);
  return {
    get: (key: string): Value | undefined => known.get(key),
    keep: async (key: string, value: Value): Promise<void> => {
      known.delete(key);
      known.set(key, value);
      await writeWhole(file, JSON.stringify([...known].slice(-most)));
    },
  };
}

async function readEntries<Value>(file: string): Promise<Map<string, Value>> {
  const text = await readTextIfThere(file);
  try {
    return new Map(JSON.parse(text ?? "[]") as [string, Value][]);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return new Map();
    throw error;
  }
}
