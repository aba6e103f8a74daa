/** Objects without room for unknown keys. */
import { z } from "zod";
import { nearestName } from "../nearest-name.js";

/** An object without room for unknown keys; one is named together with the nearest that is known. */
export function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => unknownKey(key, known)).join(", ")
        : undefined,
  });
}

function unknownKey(key: string, known: string[]): string {
  const nearest = nearestName(key, known);
  const hint = nearest === undefined ? `known are ${known.join(", ")}` : `did you mean ${nearest}?`;
  return `unknown key ${JSON.stringify(key.slice(0, 60))} (${hint})`;
}
