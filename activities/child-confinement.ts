/** What the children of a mission may see besides the folders that they work in. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { EnginePaths } from "../store/engine-paths.js";
import type { FeatureRef } from "../domain/work.js";
import { appendFeatureEvent } from "../store/feature-record.js";
import { engineRepositoryName, engineRepositoryPath } from "./adapters/engine-repository.js";
import type { CommandResult, Confinement } from "./ports.js";

/** @param repository as the feature names it. Clones borrow the objects of the engine's repository, and only those. */
export function childConfinement(
  paths: EnginePaths,
  missionId: string,
  { hosts = [] }: { hosts?: readonly string[] | undefined },
  repository?: string,
): Pick<Confinement, "readable" | "hosts"> {
  const name = engineRepositoryName(missionId, repository);
  return { readable: [join(engineRepositoryPath(paths, name), "objects")], hosts };
}

/** What the sandbox says of a child that used too much begins so. */
export const ENDED = "ended: ";

/** Output as those read it who have to know what the sandbox did. */
export const withRefusals = ({ output, refusals = [] }: CommandResult): string =>
  refusals.length === 0
    ? output
    : [output.trimEnd(), ...refusals.map((what) => `[sandbox: ${what}]`), ""].join("\n");

/** Notes what the sandbox refused in the feature's record; the same again is shown once. @param atMs now. */
export async function noteRefusals(
  paths: EnginePaths,
  { missionId, featureId, generation }: FeatureRef,
  refusals: string[] | undefined,
  atMs: number,
): Promise<void> {
  if (refusals === undefined || refusals.length === 0) return;
  const what = createHash("sha256").update(JSON.stringify(refusals)).digest("hex");
  await appendFeatureEvent(paths.features, missionId, featureId, {
    key: `sandbox/${generation}/${what.slice(0, 16)}`,
    at: new Date(atMs).toISOString(),
    kind: "sandbox",
    refusals,
  });
}
