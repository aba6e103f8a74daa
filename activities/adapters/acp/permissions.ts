/** Answers what an agent asks leave for: yes to what stays in its workspace, no to everything else, and always at once. */
import type { PermissionOption, RequestPermissionRequest } from "@agentclientprotocol/sdk";
import { isAbsolute } from "node:path";
import { confine } from "../confined-path.js";

export interface PermissionBounds {
  /** Folders that it may write. */
  folders: readonly string[];
  /** Its commands run in a sandbox, or the mission's owner allowed them to run without one. */
  mayRunCommands: boolean;
  /** What it fetches goes through a network that holds it. */
  mayFetch: boolean;
}

export interface PermissionAnswer {
  allowed: boolean;
  outcome: { outcome: "selected"; optionId: string } | { outcome: "cancelled" };
}

export async function answerPermission(
  { toolCall, options }: Pick<RequestPermissionRequest, "toolCall" | "options">,
  bounds: PermissionBounds,
): Promise<PermissionAnswer> {
  const allowed = await isAllowed(toolCall, bounds);
  const kinds: PermissionOption["kind"][] = allowed
    ? ["allow_once", "allow_always"]
    : ["reject_once", "reject_always"];
  const chosen = kinds.flatMap((kind) => options.find((option) => option.kind === kind) ?? [])[0];
  return {
    allowed: allowed && chosen !== undefined,
    outcome:
      chosen === undefined
        ? { outcome: "cancelled" }
        : { outcome: "selected", optionId: chosen.optionId },
  };
}

type AskedCall = RequestPermissionRequest["toolCall"];

async function isAllowed(call: AskedCall, bounds: PermissionBounds): Promise<boolean> {
  if (!(await areInside(pathsOf(call), bounds.folders))) return false;
  switch (call.kind) {
    case "read":
    case "search":
    case "think":
    case "edit":
    case "delete":
    case "move":
      return true;
    case "fetch":
      return bounds.mayFetch;
    case "execute":
    case "other":
    case undefined:
    case null:
      return bounds.mayRunCommands;
    case "switch_mode":
      return false;
    default:
      return false;
  }
}

/** Every path that the call names, as far as the protocol has a place for them. */
function pathsOf({ locations, content, rawInput }: AskedCall): string[] {
  const raw = typeof rawInput === "object" && rawInput !== null ? Object.entries(rawInput) : [];
  return [
    ...(locations ?? []).map(({ path }) => path),
    ...(content ?? []).flatMap((part) => (part.type === "diff" ? [part.path] : [])),
    ...raw.flatMap(([name, value]) =>
      /path|file|dir/i.test(name) && typeof value === "string" && isAbsolute(value) ? [value] : [],
    ),
  ];
}

async function areInside(paths: readonly string[], folders: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    const inside = await Promise.all(
      folders.map((folder) =>
        confine(folder, path).then(
          () => true,
          () => false,
        ),
      ),
    );
    if (!inside.includes(true)) return false;
  }
  return true;
}
