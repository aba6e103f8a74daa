/** Signals between workflows, which anyone may also send by hand: what has the wrong shape is dropped, never thrown. */
import { setHandler, type SignalDefinition } from "@temporalio/workflow";

type FieldKind = "string" | "boolean" | "number" | "list" | "object";
/** Fields that must be there, with their kinds. */
type Shape = Record<string, FieldKind>;

function isOfKind(value: unknown, kind: FieldKind): boolean {
  if (kind === "list") return Array.isArray(value);
  if (kind === "object") return typeof value === "object" && value !== null;
  return typeof value === kind;
}

/** Contract: the handler never throws; a throw would fail the workflow's task again and again, for ever. */
export function hear<Message extends object>(
  signal: SignalDefinition<[Message]>,
  shape: Shape,
  handle: (message: Message) => void,
): void {
  setHandler(signal, (message: unknown) => {
    if (typeof message !== "object" || message === null) return;
    const fields = message as Record<string, unknown>;
    if (!Object.entries(shape).every(([name, kind]) => isOfKind(fields[name], kind))) return;
    try {
      handle(message as Message);
    } catch {
      // Right at the first look and wrong inside: dropped too.
    }
  });
}
