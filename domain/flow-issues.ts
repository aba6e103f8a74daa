/** Says what is wrong with a step of a flow: the schema only knows that it is none of the six. */
import { nearestName } from "./nearest-name.js";

/** By the key that says what is done: the keys that go with it. */
const STEPS: Record<string, { needs: string[]; may: string[]; as: string }> = {
  goto: { needs: [], may: [], as: "{goto: /notes}" },
  click: { needs: [], may: [], as: "{click: Add}" },
  fill: { needs: ["with"], may: [], as: "{fill: Text, with: hello}" },
  select: { needs: ["option"], may: [], as: "{select: Colour, option: blue}" },
  press: { needs: [], may: ["on"], as: "{press: Enter}" },
  expect: { needs: [], may: [], as: "{expect: hello}" },
};
const KINDS = Object.keys(STEPS);
const EXPECTATIONS = "see, gone, url, title, value with is, count with is";
const TARGETS = "a name that people see, or role, label, text, testId or css";

/** The end of a sentence about the step, and what to write instead. */
export function stepFlaw(step: unknown): { says: string; remedy: string } {
  if (typeof step === "string")
    return { says: "is only words", remedy: `Write what is done, as ${STEPS["click"]?.as ?? ""}.` };
  if (typeof step !== "object" || step === null || Array.isArray(step))
    return { says: "is no step", remedy: `Write one of ${KINDS.join(", ")}.` };
  const keys = Object.keys(step);
  const kind = keys.find((key) => Object.hasOwn(STEPS, key));
  if (kind === undefined) {
    const [first = ""] = keys;
    const nearest = nearestName(first, KINDS);
    const remedy =
      nearest === undefined ? `Known: ${KINDS.join(", ")}.` : `Did you mean ${nearest}?`;
    return {
      says:
        first === "" ? "is empty" : `does ${JSON.stringify(first.slice(0, 60))}, which is unknown`,
      remedy,
    };
  }
  const { needs, may, as } = STEPS[kind] ?? { needs: [], may: [], as: "" };
  const missing = needs.find((key) => !keys.includes(key));
  const other = keys.find((key) => key !== kind && !needs.includes(key) && !may.includes(key));
  if (missing !== undefined) {
    const instead = other === undefined ? "" : ` but ${JSON.stringify(other.slice(0, 60))}`;
    return { says: `has ${kind} without ${missing}${instead}`, remedy: `Write it as ${as}.` };
  }
  if (other !== undefined) {
    const remedy = Object.hasOwn(STEPS, other)
      ? "Write each as a step of its own."
      : `Write it as ${as}.`;
    return { says: `has ${kind} and ${JSON.stringify(other.slice(0, 60))} together`, remedy };
  }
  return kind === "expect"
    ? {
        says: "expects something that cannot be looked for",
        remedy: `Write a text that is seen, or ${EXPECTATIONS}.`,
      }
    : {
        says: `has a ${kind} that cannot be used`,
        remedy:
          kind === "goto" ? `Write it as ${as}.` : `Name the element by ${TARGETS}, as ${as}.`,
      };
}
