/** What the children of a mission may see besides the folders that they work in. */
import { join } from "node:path";
import type { EnginePaths } from "../store/engine-paths.js";
import { engineRepositoryName, engineRepositoryPath } from "./adapters/engine-repository.js";
import type { Confinement } from "./ports.js";

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
